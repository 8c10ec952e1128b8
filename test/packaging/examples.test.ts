/** The files in examples/, run as far as this machine can: nothing here has Docker, Kubernetes or systemd as process 1. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { YAML } from "bun";
import { OPTIONS, optionVariable } from "../../src/domain/option_table.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { keysSection } from "../support/aws_files.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { sendRequest } from "../support/send_request.ts";
import { makeHome, parseEnvironment, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXAMPLES = join(ROOT, "examples");
const MDWE = join(ROOT, "test/support/without_executable_memory.py");

const text = (name: string) => readFileSync(join(EXAMPLES, name), "utf8");
const NAMES = readdirSync(EXAMPLES);
const DOCKERFILES = NAMES.filter((name) => name.startsWith("Dockerfile."));

const [PROGRAM = ""] = SUBJECT_ARGV;
/** Only a compiled program is one file that can be mounted into another root file system. */
const IS_ONE_FILE = process.platform === "linux" && SUBJECT === "compiled";

const ROLE = roleArn("marketingadminrole");
const TOKEN = "0123456789abcdef0123456789abcdef";

let cloud: Cloud;
let home: TestHome;
beforeAll(async () => {
  cloud = await startCloud();
  home = makeHome({
    config: `[profile deploy]\nrole_arn = ${ROLE}\nsource_profile = user1\n`,
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_REGION: "eu-west-1" },
  });
  home.write("token", TOKEN);
});
afterAll(async () => {
  home.remove();
  await cloud.stop();
});

test("the README links each example, and every example that it links exists", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const linked = [...readme.matchAll(/\]\(examples\/([\w.-]+)\)/g)].map(([, name = ""]) => name);
  expect([...new Set(linked)].sort()).toEqual(NAMES.sort());
});

test("every example installs with the line of the README", () => {
  const [url = ""] = /https:\/\/\S+\/install\.sh/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  expect(url).toBe("https://github.com/rolecall/rolecall/releases/latest/download/install.sh");
  const installing = [...DOCKERFILES, "ec2-user-data.sh", "github-actions.yml"];
  expect(installing.filter((name) => !text(name).includes(`${url} | sh`))).toEqual([]);
});

interface Image {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly variables: readonly string[];
}

/** The last stage of a Dockerfile. */
function imageOf(name: string): Image {
  const lines = text(name).slice(text(name).lastIndexOf("\nFROM ")).split("\n");
  const list = (instruction: string): string[] => {
    const line = lines.find((one) => one.startsWith(`${instruction} `)) ?? `${instruction} []`;
    return JSON.parse(line.slice(instruction.length + 1));
  };
  const variables = lines.flatMap((line) => /^ENV (\w+)=/.exec(line)?.[1] ?? []);
  return { entrypoint: list("ENTRYPOINT"), command: list("CMD"), variables };
}

describe("images", () => {
  for (const name of DOCKERFILES) {
    test(`${name}: the entry point runs the command with credentials, and gets them from the variables`, async () => {
      const { entrypoint, command, variables } = imageOf(name);
      const [program = "", ...args] = [...entrypoint, ...command];
      expect(basename(program)).toBe("rolecall");
      expect(OPTIONS.map(optionVariable)).toEqual(expect.arrayContaining([...variables]));
      const separator = args.indexOf("--");
      const server = home.write("bin/server", '#!/bin/sh\necho "$AWS_CONTAINER_CREDENTIALS_FULL_URI $*"\n', 0o755);
      const own = [...args.slice(0, separator + 1), server, ...args.slice(separator + 2)];
      const env = { ROLECALL_ROLE_ARN: ROLE, ROLECALL_PROFILE: "user1" };
      const { stdout, stderr } = await home.run(own, { env });
      expect(stderr).toBe("");
      expect(stdout).toBe(
        `${/^http:\/\/127\.0\.0\.1:\d+\/credentials/.exec(stdout)?.[0]} ${args.slice(separator + 2).join(" ")}\n`,
      );
    });
  }

  /** What distroless/base has of glibc. */
  const LIBRARIES = ["ld-linux-x86-64.so.2", "libc.so.6", "libpthread.so.0", "libdl.so.2", "libm.so.6"];

  describe.skipIf(!IS_ONE_FILE || process.arch !== "x64" || !isInstalled("bwrap"))("distroless", () => {
    /** Runs the entry point in a read-only root with the given libraries and nothing else, as user 65532. */
    const runIn = (libraries: readonly string[]) => {
      const root = mkdtempSync(join(tmpdir(), "rolecall-root-"));
      for (const folder of ["proc", "dev", "lib64", "usr/local/bin"])
        mkdirSync(join(root, folder), { recursive: true });
      const loaded = spawnSync("ldd", [PROGRAM], { encoding: "utf8" }).stdout;
      for (const library of libraries) {
        const path = new RegExp(`(/\\S*/${RegExp.escape(library)}) `).exec(loaded)?.[1] ?? "";
        copyFileSync(path, join(root, "lib64", library));
      }
      copyFileSync(PROGRAM, join(root, "usr/local/bin/rolecall"));
      const { entrypoint } = imageOf("Dockerfile.distroless");
      const limits = ["--unshare-all", "--share-net", "--uid", "65532", "--gid", "65532", "--cap-drop", "ALL"];
      const mounts = ["--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--clearenv"];
      const keys = {
        AWS_ACCESS_KEY_ID: cloud.user1.accessKeyId,
        AWS_SECRET_ACCESS_KEY: cloud.user1.secretAccessKey,
        LD_LIBRARY_PATH: "/lib64",
      };
      const set = Object.entries(keys).flatMap(([name, value]) => ["--setenv", name, value]);
      const argv = [...limits, ...mounts, ...set, ...entrypoint, "/usr/local/bin/rolecall", "--version"];
      const { status, stdout, stderr } = spawnSync("bwrap", argv, { encoding: "utf8" });
      rmSync(root, { recursive: true });
      return { status, stdout, stderr };
    };

    test("runs with glibc and /proc alone: read-only, without /tmp, without capabilities", () => {
      const { stderr, stdout, status } = runIn(LIBRARIES);
      expect([stderr, status]).toEqual(["", 0]);
      expect(stdout).toStartWith("rolecall ");
    });

    test("does not start without a C library, as in distroless/static and scratch", () => {
      expect(runIn([]).status).not.toBe(0);
    });
  });
});

describe("compose.yaml", () => {
  interface Compose {
    readonly services: {
      readonly credentials: {
        readonly entrypoint: readonly string[];
        readonly healthcheck: { readonly test: readonly string[] };
        readonly build: { readonly dockerfile: string };
      };
      readonly app: { readonly environment: Readonly<Record<string, string>>; readonly network_mode: string };
    };
  }
  const { services } = YAML.parse(text("compose.yaml")) as Compose;
  const [, ...serve] = services.credentials.entrypoint;

  test("the server serves the app's address, and its health check succeeds", async () => {
    expect(existsSync(join(EXAMPLES, services.credentials.build.dockerfile))).toBe(true);
    expect(services.app.network_mode).toBe("service:credentials");
    await checkServer(serve, services.credentials.healthcheck.test.slice(1), services.app.environment);
  });
});

describe("kubernetes.yaml", () => {
  interface Container {
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly restartPolicy?: string;
    readonly startupProbe?: { readonly exec: { readonly command: readonly string[] } };
    readonly env?: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    readonly securityContext: Readonly<Record<string, unknown>>;
  }
  interface Pod {
    readonly kind: string;
    readonly spec: {
      readonly volumes: readonly { readonly name: string }[];
      readonly initContainers: readonly Container[];
      readonly containers: readonly Container[];
    };
  }
  const pod = YAML.parse(text("kubernetes.yaml")) as Pod;
  const [sidecar] = pod.spec.initContainers;
  const [app] = pod.spec.containers;

  test("the containers share the volume of the token, and are restricted", () => {
    expect(pod.kind).toBe("Pod");
    const volumes = pod.spec.volumes.map(({ name }) => name);
    for (const container of [sidecar, app]) {
      expect(container?.volumeMounts.map(({ name }) => name)).toEqual(volumes);
      expect(container?.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
    }
    expect(sidecar?.restartPolicy).toBe("Always");
  });

  test("the sidecar makes a token and serves with it", async () => {
    const [script = ""] = sidecar?.args ?? [];
    const port = await freePort();
    const folder = dirname(home.write("run/empty", ""));
    home.write("bin/rolecall", `#!/bin/sh\nexec ${SUBJECT_ARGV.join(" ")} "$@"\n`, 0o755);
    const local = script.replaceAll("/run/rolecall", folder).replace("9911", String(port));
    const [shell = "", ...flags] = sidecar?.command ?? [];
    const server = home.startProgram([shell, ...flags, local], {
      env: { PATH: `${home.path}/bin:/usr/bin:/bin`, ...environmentKeys() },
    });
    await server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=/);
    const token = readFileSync(join(folder, "token"), "utf8");
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    const { status } = await sendRequest(`http://127.0.0.1:${port}/credentials`, { headers: { Authorization: token } });
    expect(status).toBe(200);
    const probe = (sidecar?.startupProbe?.exec.command ?? []).map((arg) => arg.replace("9911", String(port)));
    if (isInstalled(probe[0] ?? "")) expect((await home.runProgram(probe)).exitCode).toBe(0);
    await server.stop();
    const named = Object.fromEntries((app?.env ?? []).map(({ name, value }) => [name, value]));
    expect(named.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBe("http://127.0.0.1:9911/credentials");
    expect(named.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE).toBe("/run/rolecall/token");
  });
});

test("github-actions.yml: actionlint accepts it, and the steps get credentials with an OIDC token", async () => {
  const linted = spawnSync("./scripts/lint-workflows", ["examples/github-actions.yml"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([linted.stdout.replace(/^skipped: .*\n/, ""), linted.status]).toEqual(["", 0]);
  const steps = [...text("github-actions.yml").matchAll(/^ {10}(\S.*)$/gm)].map(([, line]) => line);
  const [exporting = ""] = steps.filter((line) => line?.startsWith("rolecall export"));
  const github = home.write("github-env", "");
  const { stderr, exitCode, stdout } = await home.run(exporting.split(" ").slice(1), {
    env: {
      GITHUB_ENV: github,
      AWS_ROLE_ARN: roleArn("pod"),
      AWS_WEB_IDENTITY_TOKEN_FILE: home.write("oidc", "header.web-identity.signature"),
    },
  });
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(stdout).toContain("::add-mask::");
  expect(readFileSync(github, "utf8")).toContain("AWS_SESSION_TOKEN");
});

describe("ec2-user-data.sh", () => {
  test.skipIf(!isInstalled("shellcheck"))("ShellCheck accepts it", () => {
    const { stdout } = spawnSync("shellcheck", [join(EXAMPLES, "ec2-user-data.sh")], { encoding: "utf8" });
    expect(stdout).toBe("");
  });

  test.skipIf(!IS_ROOT || !isInstalled("unshare") || !isInstalled("curl"))(
    "installs rolecall, starts the service without waiting, and the service gets credentials",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "rolecall-user-data-"));
      const releases = await startReleases(folder, `#!/bin/sh\nexec ${SUBJECT_ARGV.join(" ")} "$@"\n`);
      mkdirSync(join(folder, "bin"));
      const stub = (name: string, script: string) =>
        writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      stub("systemctl", `echo "$*" >>${folder}/systemctl`);
      // The same command line, with the address of this release.
      const rewrite = `s,https://github.com/rolecall/rolecall/releases,${releases.url},`;
      const rewritten = `for arg; do shift; set -- "$@" "$(echo "$arg" | sed ${rewrite})"; done`;
      stub("curl", `${rewritten}; exec ${Bun.which("curl")} "$@"`);
      // Changes of /etc and /usr/local go to other folders.
      for (const name of ["etc", "local"]) {
        for (const part of [name, `${name}-work`]) mkdirSync(join(folder, part));
      }
      const overlay = (lower: string, name: string) =>
        `mount -t overlay overlay -o lowerdir=${lower},upperdir=${folder}/${name},workdir=${folder}/${name}-work ${lower}`;
      const script = `set -e; ${overlay("/etc", "etc")}; ${overlay("/usr/local", "local")}; exec ${EXAMPLES}/ec2-user-data.sh`;
      const { stderr, exitCode } = await home.runProgram(["unshare", "-m", "sh", "-c", script], {
        // As cloud-init has it: without HOME.
        env: { HOME: "", PATH: `${folder}/bin:/usr/sbin:/usr/bin:/bin`, INSTALL_ROLECALL_FROM: releases.url },
      });
      expect([stderr, exitCode]).toEqual(["", 0]);
      expect(existsSync(join(folder, "local/bin/rolecall"))).toBe(true);
      expect(readFileSync(join(folder, "systemctl"), "utf8")).toBe("enable --now --no-block my-server\n");

      const unit = readFileSync(join(folder, "etc/systemd/system/my-server.service"), "utf8");
      expect(verifyUnit(folder, "my-server.service", unit)).toBe("");
      const [, command = ""] = /^ExecStart=\/usr\/local\/bin\/rolecall (.*)$/m.exec(unit) ?? [];
      stub("my-server", "env");
      const args = command.replace("/usr/local/bin/my-server", `${folder}/bin/my-server`).split(" ");
      const outcome = await home.run(args, {
        env: { ROLECALL_SETTINGS: join(folder, "etc/rolecall/config.toml"), ...imdsVariables(cloud.imds) },
      });
      expect(parseEnvironment(outcome.stdout)).toMatchObject({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringContaining("http://127.0.0.1:"),
        ROLECALL_ACTIVE: "deploy",
      });
      releases.stop();
      rmSync(folder, { recursive: true });
    },
  );
});

describe("rolecall.service", () => {
  const unit = text("rolecall.service");
  const values = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);

  test("systemd accepts it", () => {
    const folder = mkdtempSync(join(tmpdir(), "rolecall-unit-"));
    expect(verifyUnit(folder, "rolecall.service", unit)).toBe("");
    rmSync(folder, { recursive: true });
  });

  const STRACE = isInstalled("strace") && isInstalled("systemd-analyze") && IS_ONE_FILE;
  test.skipIf(!STRACE)("the server uses only the system calls and address families that the unit allows", async () => {
    const trace = join(home.path, "trace");
    const port = await freePort();
    // -D: the server is the child, and receives the signal that stops it.
    const server = home.startProgram(["strace", "-D", "-f", "-qq", "-o", trace, PROGRAM, ...serveArguments(port)]);
    await server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=/);
    await sendRequest(`http://127.0.0.1:${port}/credentials`, { headers: { Authorization: TOKEN } });
    await server.stop();
    const lines = readFileSync(trace, "utf8");
    const used = [...new Set([...lines.matchAll(/^\d+ +(\w+)\(/gm)].map(([, name = ""]) => name))];
    const allowed = allowedCalls(values("SystemCallFilter")[0] ?? "");
    expect(used.length).toBeGreaterThan(30);
    expect(used.filter((name) => !allowed.has(name))).toEqual([]);
    const families = [...new Set([...lines.matchAll(/\bsocket\((AF_\w+)/g)].map(([, family = ""]) => family))];
    expect((values("RestrictAddressFamilies")[0] ?? "").split(" ")).toEqual(expect.arrayContaining(families));
  });

  test.skipIf(!IS_ONE_FILE || !isInstalled("bwrap") || !isInstalled("python3"))(
    "the server runs without executable memory, capabilities, devices and a writable system, as another user",
    async () => {
      expect(values("MemoryDenyWriteExecute")).toEqual(["yes"]);
      const port = await freePort();
      const system = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];
      // Its folder is shown again below the private /tmp.
      const shown = [
        "--ro-bind",
        home.path,
        home.path,
        "--ro-bind",
        PROGRAM,
        "/tmp/rolecall",
        "--ro-bind",
        MDWE,
        "/tmp/mdwe",
      ];
      const limits = [
        "--unshare-user",
        "--uid",
        "65532",
        "--unshare-pid",
        "--unshare-ipc",
        "--cap-drop",
        "ALL",
        "--new-session",
        "--die-with-parent",
      ];
      const argv = ["bwrap", ...system, ...shown, ...limits, "python3", "/tmp/mdwe", "/tmp/rolecall"];
      const server = home.startProgram([...argv, ...serveArguments(port)], {
        env: {
          HOME: "/tmp/cache",
          AWS_CONFIG_FILE: join(home.path, ".aws/config"),
          AWS_SHARED_CREDENTIALS_FILE: join(home.path, ".aws/credentials"),
        },
      });
      const outcome = await Promise.race([server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=/), server.ended]);
      // The kernel has no such limit (before Linux 6.3).
      if ("exitCode" in outcome && outcome.exitCode === 99) return;
      if ("exitCode" in outcome) throw new Error(outcome.stderr);
      const { status } = await sendRequest(`http://127.0.0.1:${port}/credentials`, {
        headers: { Authorization: TOKEN },
      });
      expect(status).toBe(200);
      await server.stop("SIGKILL");
    },
  );

  /** The arguments of ExecStart, with files of this machine. */
  function serveArguments(port: number): string[] {
    const [, command = ""] = /^ExecStart=\/usr\/local\/bin\/rolecall (.*)$/m.exec(unit) ?? [];
    return command.replace("%d/token", join(home.path, "token")).replace("9911", String(port)).split(" ");
  }
});

/** Starts a server with the arguments of an example, and checks its address, its token and its health check. */
async function checkServer(
  args: readonly string[],
  healthCheck: readonly string[],
  appVariables: Readonly<Record<string, string>>,
): Promise<void> {
  const port = await freePort();
  const local = (value: string) =>
    value.replace("9911", String(port)).replace("/run/secrets/token", `${home.path}/token`);
  const server = home.start(args.map(local));
  await server.says(/AWS_CONTAINER_CREDENTIALS_FULL_URI=/);
  const url = local(appVariables.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "");
  const token = readFileSync(local(appVariables.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? ""), "utf8");
  expect((await sendRequest(url, { headers: { Authorization: token } })).status).toBe(200);
  const [program = "", ...rest] = healthCheck.map(local);
  // BusyBox's wget, as Alpine has it, and GNU's.
  for (const argv of [[program], ["busybox", program]]) {
    if (isInstalled(argv[0] ?? "")) expect((await home.runProgram([...argv, ...rest])).exitCode).toBe(0);
  }
  await server.stop();
}

function environmentKeys(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: cloud.user1.accessKeyId, AWS_SECRET_ACCESS_KEY: cloud.user1.secretAccessKey };
}

async function freePort(): Promise<number> {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return port;
}

/** What `systemd-analyze verify` says about a unit whose programs are replaced by one that exists. */
function verifyUnit(folder: string, name: string, unit: string): string {
  if (!isInstalled("systemd-analyze")) return "";
  const file = join(folder, name);
  writeFileSync(file, unit.replace(/^(ExecStart=)\S+/m, "$1/bin/true"));
  const { stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  return stderr;
}

/** The system calls of a filter such as `@system-service`. */
function allowedCalls(filter: string): ReadonlySet<string> {
  const { stdout } = spawnSync("systemd-analyze", ["--no-pager", "syscall-filter"], { encoding: "utf8" });
  const groups = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of stdout.split("\n")) {
    const name = line.trim();
    if (line.startsWith("@")) {
      current = [];
      groups.set(name, current);
    } else if (name !== "" && !name.startsWith("#")) current.push(name);
  }
  const expand = (name: string): string[] => (name.startsWith("@") ? (groups.get(name) ?? []).flatMap(expand) : [name]);
  // The kernel always allows them: systemd.exec(5).
  return new Set([...filter.split(" ").flatMap(expand), ...expand("@default")]);
}

/** Serves a release on loopback whose program is a shell script, and install.sh. */
async function startReleases(folder: string, program: string): Promise<{ url: string; stop(): void }> {
  const files = new Map<string, string | Uint8Array>([["install.sh", readFileSync(join(ROOT, "install.sh"), "utf8")]]);
  const sums: string[] = [];
  for (const target of ["linux-x64", "linux-arm64", "linux-x64-musl", "linux-arm64-musl"]) {
    const name = `rolecall-1.0.0-${target}`;
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "rolecall"), program, { mode: 0o755 });
    const { stdout } = spawnSync("tar", ["-czf", "-", "-C", folder, name]);
    files.set(`${name}.tar.gz`, stdout);
    sums.push(`${new Bun.CryptoHasher("sha256").update(stdout).digest("hex")}  ${name}.tar.gz\n`);
  }
  files.set("SHA256SUMS", sums.join(""));
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => {
      const content = files.get(basename(new URL(url).pathname));
      return content === undefined ? new Response(null, { status: 404 }) : new Response(content);
    },
  });
  await waitUntil(() => server.port !== undefined);
  return { url: `http://127.0.0.1:${server.port}`, stop: () => void server.stop(true) };
}
