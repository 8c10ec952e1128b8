/**
 * The npm packages, installed by real package managers from a registry on loopback into empty homes. Needs npm and, for
 * most tests, Node 22 (scripts/node-22).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { hostTarget } from "../../scripts/compile.ts";
import { TARGETS } from "../../scripts/releasing/targets.ts";
import { findCommand } from "../../src/runtime/process/find_command.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { NODE_22, packageManagers } from "../support/node_22.ts";
import { makeHome, type Outcome, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { type NpmRegistry, startNpmRegistry } from "./npm_registry.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST = hostTarget();

/** The machine's own Node, if that is too old for the bundle. */
const OLD_NODE =
  isInstalled("node") && realpathSync(pathOf("node")) !== realpathSync(NODE_22 ?? "/") ? pathOf("node") : undefined;
const CAN_RUN = SUBJECT === "compiled" && isInstalled("npm") && NODE_22 !== undefined;

const KEYS = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "made-up" };

let folder: string;
let registry: NpmRegistry;

beforeAll(async () => {
  if (!CAN_RUN) return;
  // In the project's folder, so that the program can be linked instead of copied.
  mkdirSync(join(ROOT, ".tmp"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".tmp", "npm-"));
  for (const { name, executable } of TARGETS) {
    mkdirSync(join(folder, "dist", name), { recursive: true });
    const program = join(folder, "dist", name, executable);
    if (name === HOST) linkSync(SUBJECT_ARGV[0] ?? "", program);
    else writeFileSync(program, `#!/bin/sh\necho "the program for ${name}"\n`, { mode: 0o755 });
  }
  mkdirSync(join(folder, "dist/release"));
  writeFileSync(join(folder, "dist/release/THIRD_PARTY_LICENSES"), "Licences\n");
  const { status, stderr } = spawnSync(join(ROOT, "scripts/npm-packages"), ["--dist", join(folder, "dist")]);
  expect([status, stderr.toString()]).toEqual([0, ""]);
  registry = await startNpmRegistry(join(folder, "dist/npm"));
});

afterAll(() => {
  registry?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function pathOf(name: string): string {
  const found = findCommand(name, process.env);
  return "file" in found ? found.file : name;
}

/** A new user, with Node and npm in PATH. */
function newUser(node: string = NODE_22 ?? ""): TestHome {
  const home = makeHome();
  mkdirSync(join(home.path, "bin"));
  symlinkSync(node, join(home.path, "bin/node"));
  for (const name of ["npm", "npx"]) symlinkSync(realpathSync(pathOf(name)), join(home.path, "bin", name));
  return home;
}

function environment({ path }: TestHome): Record<string, string> {
  return {
    PATH: `${path}/bin:${path}/global/bin:/usr/bin:/bin`,
    npm_config_registry: registry.url,
    npm_config_prefix: `${path}/global`,
    npm_config_globalconfig: `${path}/no-npmrc`,
    npm_config_update_notifier: "false",
    ...KEYS,
  };
}

/** Runs a command line in the user's shell. */
async function run(home: TestHome, line: string): Promise<Outcome> {
  return await home.runProgram(["bash", "-c", line], { env: environment(home) });
}

/** Installs the package globally. @returns the path of the command. */
async function installGlobally(home: TestHome, options = ""): Promise<string> {
  const { exitCode, stdout, stderr } = await run(home, `npm install --global ${options} rolecall`);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/npm error/)]);
  expect(stdout).toMatch(/^(added|changed) \d+ packages?/m);
  return realpathSync(join(home.path, "global/bin/rolecall"));
}

const isMuslLoader = (name: string) => name.startsWith("ld-musl-");
const isProgram = (path: string) => readFileSync(path).subarray(0, 2).toString() !== "#!";
const BY_BUN = new RegExp(`^rolecall ${manifest.version} \\(bun [\\d.]+, `);
const BY_NODE = new RegExp(`^rolecall ${manifest.version} \\(node [\\d.]+, `);

describe.skipIf(!CAN_RUN)("npm (needs npm and Node 22)", () => {
  test("npx runs the program", async () => {
    const home = newUser();
    const { stdout, exitCode } = await run(home, "npx --yes rolecall --version");
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(BY_BUN)]);
    // Only the package for this platform was downloaded.
    const names = registry.downloads.map((file) => file.replace(`rolecall-${manifest.version}`, ""));
    expect(names.sort()).toEqual([`-${HOST}.tgz`, ".tgz"]);
    home.remove();
  });

  test("where install scripts may run, the command is the program itself, which needs no Node", async () => {
    const home = newUser();
    const command = await installGlobally(home, "--allow-scripts=rolecall");
    expect(isProgram(command)).toBe(true);
    const { stdout, exitCode } = await home.runProgram([command, "--version"], { env: { PATH: "/none" } });
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(BY_BUN)]);
    // No second copy.
    expect(lstatSync(command).nlink).toBe(2);
    home.remove();
  });

  test("a later install replaces the program", async () => {
    const home = newUser();
    await installGlobally(home, "--allow-scripts=rolecall");
    expect(isProgram(await installGlobally(home, "--ignore-scripts"))).toBe(false);
    expect(isProgram(await installGlobally(home, "--allow-scripts=rolecall"))).toBe(true);
    const removed = await run(home, "npm uninstall --global rolecall");
    expect([removed.exitCode, existsSync(join(home.path, "global/bin/rolecall"))]).toEqual([0, false]);
    home.remove();
  });

  describe("with --ignore-scripts", () => {
    let home: TestHome;
    beforeAll(async () => {
      home = newUser();
      expect(isProgram(await installGlobally(home, "--ignore-scripts"))).toBe(false);
    });
    afterAll(() => home.remove());

    test("the command starts the program", async () => {
      const { stdout, exitCode } = await run(home, "rolecall --version");
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(BY_BUN)]);
    });

    test("the command of exec has the process id, the signals and the limits of the shell's child", async () => {
      const script = "echo $$; ulimit -Sn; grep SigIgn /proc/self/status";
      const { stdout } = await run(home, `ulimit -Sn 400; rolecall exec -- sh -c '${script}' 3>&- & wait $!; echo $!`);
      const [pid, limit, ignored, child] = stdout.trim().split("\n");
      // Node itself resets those that the process inherited as ignored.
      expect([pid, limit, ignored]).toEqual([child, "400", "SigIgn:\t0000000000000000"]);
    });

    test("a command in a pipe ends by SIGPIPE", async () => {
      const { stdout, stderr } = await run(home, "rolecall exec -- yes | head -n 1; echo ${PIPESTATUS[0]}");
      expect([stdout, stderr]).toEqual(["y\n141\n", ""]);
    });

    test("file descriptors reach the command, such as those of process substitution", async () => {
      const script = "echo $$; cat $1 $2 /dev/fd/3";
      const line = `rolecall exec -- sh -c '${script}' sh <(echo one) <(echo two) 3< <(echo three) & wait $!; echo $!`;
      const [pid, ...rest] = (await run(home, line)).stdout.trim().split("\n");
      expect(rest).toEqual(["one", "two", "three", pid ?? ""]);
    });

    test.each([
      ["exit 9", 9],
      ["kill -TERM $$", 143],
    ])("the exit code is that of the command: %s", async (script, code) => {
      const { stdout } = await run(home, `rolecall exec -- sh -c '${script}'; echo $?`);
      expect(stdout).toBe(`${code}\n`);
    });

    test("exec --serve and completion work", async () => {
      const served = await run(home, "rolecall exec --serve -- sh -c 'echo $AWS_CONTAINER_CREDENTIALS_FULL_URI'");
      expect([served.exitCode, served.stdout]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//)]);
      const completion = await run(home, "rolecall completion bash");
      expect([completion.exitCode, completion.stdout]).toEqual([0, expect.stringContaining("rolecall")]);
    });

    // Without execve, the program is a child.
    describe.skipIf(OLD_NODE === undefined)("an older Node", () => {
      const rolecall = () => `${OLD_NODE} ${realpathSync(join(home.path, "global/bin/rolecall"))}`;

      test("starts the program, too", async () => {
        const { stdout, exitCode } = await run(home, `${rolecall()} --version; ${rolecall()} exec -- sh -c 'exit 9'`);
        expect([exitCode, stdout]).toEqual([9, expect.stringMatching(BY_BUN)]);
      });

      test("passes the file descriptors on", async () => {
        const line = `${rolecall()} exec -- cat <(echo one) <(echo two) 3< <(echo three) /dev/fd/3`;
        expect((await run(home, line)).stdout).toBe("one\ntwo\nthree\n");
      });

      test("passes signals on, and ends as the program does", async () => {
        const script = `trap "echo stopped; exit 3" TERM; echo ready; read line`;
        const line = `exec ${rolecall()} exec -- sh -c '${script}'`;
        const running = home.startProgram(["bash", "-c", line], { env: environment(home) });
        await running.says(/ready/);
        const { exitCode, stdout } = await running.stop("SIGTERM");
        expect([exitCode, stdout]).toEqual([3, "ready\nstopped\n"]);
      });
    });
  });

  describe("in a project without the package for the platform (--omit=optional)", () => {
    let home: TestHome;
    const command = "node_modules/.bin/rolecall";
    beforeAll(async () => {
      home = newUser();
      home.write("package.json", "{}");
      expect((await run(home, "npm install --omit=optional rolecall")).exitCode).toBe(0);
      expect(readdirSync(join(home.path, "node_modules"))).not.toContain("@rolecall");
    });
    afterAll(() => home.remove());

    test("the command runs the JavaScript bundle", async () => {
      const { stdout, exitCode } = await run(home, `${command} --version; ${command} exec -- sh -c 'exit 9'`);
      expect([exitCode, stdout]).toEqual([9, expect.stringMatching(BY_NODE)]);
    });

    test("exec --serve works", async () => {
      const line = `${command} exec --serve -- sh -c 'echo $AWS_CONTAINER_CREDENTIALS_FULL_URI'`;
      const served = await run(home, line);
      expect([served.exitCode, served.stdout]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//)]);
    });

    test("file descriptors reach the command", async () => {
      const { stdout, exitCode } = await run(home, `${command} exec -- cat <(echo one) /dev/fd/3 3< <(echo three)`);
      expect([exitCode, stdout]).toEqual([0, "one\nthree\n"]);
    });

    test.skipIf(OLD_NODE === undefined)("an older Node says that it is too old", async () => {
      const { stderr, exitCode } = await run(home, `${OLD_NODE} ${command} --help`);
      expect([exitCode, stderr]).toEqual([
        125,
        expect.stringMatching(/^error: rolecall needs Node 22 or later here, and this is Node \d/),
      ]);
    });
  });

  test("on a platform without a package, the command runs the JavaScript bundle", async () => {
    const home = newUser();
    await installGlobally(home, "--cpu=riscv64 --allow-scripts=rolecall");
    expect(readdirSync(join(home.path, "global/lib/node_modules/rolecall"))).not.toContain("node_modules");
    const { stdout } = await run(home, "rolecall --version");
    expect(stdout).toMatch(BY_NODE);
    home.remove();
  });

  test.skipIf(process.platform !== "linux" || readdirSync("/lib").some(isMuslLoader))(
    "on a system without the dynamic loader of the program, the command runs the JavaScript bundle",
    async () => {
      const home = newUser();
      const command = await installGlobally(home, "--libc=musl --allow-scripts=rolecall");
      expect(readdirSync(join(command, "../../node_modules/@rolecall"))).not.toContain(HOST);
      expect((await run(home, "rolecall --version")).stdout).toMatch(BY_NODE);
      home.remove();
    },
  );

  // Only root can give a file to another user.
  test.skipIf(!IS_ROOT)("a program of another user, in a folder above, is not started", async () => {
    const home = newUser();
    home.write("above/project/package.json", "{}");
    expect((await run(home, "cd above/project && npm install --omit=optional rolecall")).exitCode).toBe(0);
    home.write(`above/node_modules/@rolecall/${HOST}/package.json`, "{}");
    const planted = home.write(`above/node_modules/@rolecall/${HOST}/bin/rolecall`, "#!/bin/sh\necho planted\n", 0o755);
    const version = async () => (await run(home, "above/project/node_modules/.bin/rolecall --version")).stdout;
    expect(await version()).toBe("planted\n");
    chownSync(planted, 12345, 12345);
    expect(await version()).toMatch(BY_NODE);
    home.remove();
  });

  test("with the packages for both C libraries, the command starts the program for this one", async () => {
    const home = newUser();
    const command = await installGlobally(home, "--ignore-scripts");
    const scope = join(command, "../../node_modules/@rolecall");
    expect(readdirSync(scope)).toEqual([HOST]);
    for (const { name, os, cpu } of TARGETS.filter(({ name }) => name !== HOST)) {
      if (os !== process.platform || cpu !== process.arch) continue;
      mkdirSync(join(scope, name, "bin"), { recursive: true });
      writeFileSync(join(scope, name, "package.json"), "{}");
      writeFileSync(join(scope, name, "bin/rolecall"), "#!/bin/sh\necho wrong\n", { mode: 0o755 });
    }
    const { stdout } = await run(home, "rolecall --version");
    expect(stdout).toMatch(BY_BUN);
    home.remove();
  });

  test("a project has the command in its scripts", async () => {
    const home = newUser();
    home.write("package.json", JSON.stringify({ scripts: { who: "rolecall --version" } }));
    const { stdout, exitCode } = await run(home, "npm install rolecall && npm run --silent who");
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^rolecall .*\(bun /m)]);
    home.remove();
  });
});

describe.skipIf(!CAN_RUN)("Bun (needs Node 22)", () => {
  const BUN = join(ROOT, "node_modules/.bin/bun");

  test.each([
    ["with Node", () => newUser()],
    ["without Node", () => makeHome()],
  ])("bunx and bun add --global: %s", async (what, user) => {
    const home = user();
    mkdirSync(join(home.path, "bin"), { recursive: true });
    symlinkSync(BUN, join(home.path, "bin/bun"));
    symlinkSync(BUN, join(home.path, "bin/bunx"));
    const path = what === "with Node" ? `${home.path}/bin:/usr/bin:/bin` : `${home.path}/bin`;
    const env = { ...environment(home), PATH: path, BUN_INSTALL: join(home.path, ".bun") };
    const bun = async (...args: string[]) => await home.runProgram(args, { env });
    const once = await bun(BUN, "x", ...(what === "with Node" ? [] : ["--bun"]), "rolecall", "--version");
    expect([once.exitCode, once.stdout]).toEqual([0, expect.stringMatching(BY_BUN)]);
    const added = await bun(BUN, "add", "--global", "--trust", "rolecall");
    expect(added.exitCode).toBe(0);
    const command = join(home.path, ".bun/bin/rolecall");
    expect(isProgram(command)).toBe(true);
    expect((await bun(command, "--version")).stdout).toMatch(BY_BUN);
    home.remove();
  });
});

const TOOLS = (CAN_RUN ? packageManagers() : undefined) ?? "";
const HAS_TOOLS = TOOLS !== "";

describe.skipIf(!HAS_TOOLS)("pnpm (needs Node 22)", () => {
  test.each([
    ["without its install script", [], /^\s*exec node /m],
    ["with its install script", ["--allow-build=rolecall"], /^"\$basedir\/.*\/bin\/rolecall"/m],
  ])("add --global: %s", async (_, options, shim) => {
    const home = newUser();
    const pnpmHome = join(home.path, "pnpm");
    const env = { ...environment(home), PNPM_HOME: pnpmHome, PATH: `${pnpmHome}:${home.path}/bin:/usr/bin:/bin` };
    const pnpm = ["node", join(TOOLS, "pnpm/bin/pnpm.cjs"), "add", "--global", ...options, "rolecall"];
    expect((await home.runProgram(pnpm, { env })).exitCode).toBe(0);
    expect(readFileSync(join(pnpmHome, "rolecall"), "utf8")).toMatch(shim);
    const { stdout, exitCode } = await home.runProgram(["rolecall", "--version"], { env });
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(BY_BUN)]);
    home.remove();
  });
});

describe.skipIf(!HAS_TOOLS)("Yarn (needs Node 22)", () => {
  test.each([
    ["1", "yarn/bin/yarn.js"],
    ["4, with Plug'n'Play", "@yarnpkg/cli-dist/bin/yarn.js"],
  ])("%s", async (_, script) => {
    const home = newUser();
    home.write("package.json", JSON.stringify({ license: "Apache-2.0", scripts: { who: "rolecall --version" } }));
    home.write("yarn.lock", "");
    const env = {
      ...environment(home),
      YARN_REGISTRY: registry.url,
      YARN_NPM_REGISTRY_SERVER: registry.url.slice(0, -1),
      YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
      YARN_ENABLE_TELEMETRY: "0",
      YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
    };
    const yarn = (...args: string[]) => home.runProgram(["node", join(TOOLS, script), ...args], { env });
    const added = await yarn("add", "rolecall");
    expect([added.exitCode, added.stderr]).toEqual([0, expect.not.stringContaining("error")]);
    const { stdout, exitCode } = await yarn("run", "who");
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^rolecall .*\(bun /m)]);
    home.remove();
  });
});

test.skipIf(!CAN_RUN)("the main package has the launcher and the bundle, and no path of the build", async () => {
  const main = await new Bun.Archive(readFileSync(join(folder, `dist/npm/rolecall-${manifest.version}.tgz`))).files();
  const names = [...main.keys()].filter((name) => !name.startsWith("package/js/"));
  expect(names.sort()).toEqual(
    [
      "LICENSE",
      "README.md",
      "THIRD_PARTY_LICENSES",
      "bin/rolecall",
      "lib/install.mjs",
      "lib/launcher.cjs",
      "package.json",
    ].map((name) => `package/${name}`),
  );
  const fields = JSON.parse((await main.get("package/package.json")?.text()) ?? "");
  expect(fields.optionalDependencies).toEqual(
    Object.fromEntries(TARGETS.map(({ name }) => [`@rolecall/${name}`, manifest.version])),
  );
  for (const [name, file] of main) expect([name, (await file.text()).includes(ROOT)]).toEqual([name, false]);
});
