/** The package for Deno: checked, published to nowhere, and run and installed from registries on loopback. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import deno from "../../deno.json" with { type: "json" };
import manifest from "../../package.json" with { type: "json" };
import { makeTar } from "../../scripts/releasing/tar.ts";
import { makeHome, SUBJECT, type TestHome } from "../support/subject.ts";
import { type NpmRegistry, startNpmRegistry } from "./npm_registry.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DENO = join(ROOT, "node_modules/.bin/deno");
const DENO_VARIABLES = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };

/** Runs Deno in the project. */
function runDeno(...args: string[]) {
  const env = { ...process.env, ...DENO_VARIABLES, DENO_DIR: join(ROOT, ".tmp", "deno") };
  return spawnSync(DENO, args, { cwd: ROOT, env, encoding: "utf8" });
}

test("deno.json has the version of package.json", () => {
  expect([deno.version, deno.license]).toEqual([manifest.version, manifest.license]);
});

test("deno check finds no error", () => {
  const { status, stderr } = runDeno("check", "src/main.ts");
  expect([stderr.replace(/^Check .*\n/, ""), status]).toEqual(["", 0]);
});

describe.skipIf(SUBJECT !== "compiled")("deno publish", () => {
  let folder: string;
  let jsr: Server;
  let npm: NpmRegistry;
  let home: TestHome;
  let output: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    output = runDeno("publish", "--dry-run", "--allow-dirty").stderr;
    home = makeHome();
    folder = mkdtempSync(join(tmpdir(), "rolecall-deno-"));
    packDependencies(folder);
    npm = await startNpmRegistry(folder);
    jsr = startJsrRegistry(publishedFiles(output));
    await new Promise<void>((resolve) => jsr.listen(0, "127.0.0.1", resolve));
    const address = jsr.address();
    env = {
      ...DENO_VARIABLES,
      DENO_DIR: join(home.path, "deno"),
      JSR_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}/`,
      NPM_CONFIG_REGISTRY: npm.url,
      PATH: `${join(ROOT, "node_modules/.bin")}:/usr/bin:/bin`,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "made-up",
    };
  });

  afterAll(() => {
    jsr.close();
    npm.stop();
    home.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("accepts the package, which has the source and nothing else", () => {
    expect(output).toContain("Success Dry run complete");
    expect(output).not.toMatch(/^warning/im);
    const others = [...publishedFiles(output).keys()].filter((path) => !path.startsWith("src/"));
    expect(others.sort()).toEqual(["LICENSE", "README.md", "deno.json", "package.json"]);
  });

  const BY_DENO = new RegExp(`^rolecall ${manifest.version} \\(deno [\\d.]+, `);

  test("deno run jsr:@rolecall/rolecall runs it", async () => {
    const run = async (...args: string[]) =>
      await home.runProgram([DENO, "run", "-A", `jsr:${deno.name}`, ...args], { env });
    const version = await run("--version");
    expect([version.exitCode, version.stdout]).toEqual([0, expect.stringMatching(BY_DENO)]);
    expect((await run("exec", "--", "sh", "-c", "exit 9")).exitCode).toBe(9);
  });

  test("deno install makes a command of it, with all packages that it needs", async () => {
    const install = [DENO, "install", "--global", "-A", "--root", join(home.path, "root"), `jsr:${deno.name}`];
    expect((await home.runProgram(install, { env })).exitCode).toBe(0);
    const rolecall = join(home.path, "root/bin/rolecall");
    const version = await home.runProgram([rolecall, "--version"], { env });
    expect([version.exitCode, version.stdout]).toEqual([0, expect.stringMatching(BY_DENO)]);
    // STS is called through the AWS SDK's packages.
    const whoami = await home.runProgram([rolecall, "whoami", "--region=eu-west-1"], {
      env: { ...env, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" },
    });
    expect(whoami.stderr).toContain("error[sts-unreachable]");
  });
});

/** The files that the dry run lists, by their paths. */
function publishedFiles(output: string): ReadonlyMap<string, Buffer> {
  const urls = [...output.matchAll(/^ +(file:\S+) \([\d.]+\w+\)$/gm)].map(([, url = ""]) => fileURLToPath(url));
  return new Map(urls.map((path) => [relative(ROOT, path), withNpmSpecifiers(readFileSync(path))]));
}

/** Publishing replaces the names of packages in imports with what package.json says about them. */
function withNpmSpecifiers(source: Buffer): Buffer {
  const text = source.toString();
  const replaced = text.replace(/(?<=\bfrom ")((?:@[\w-]+\/)?[\w-]+)((?:\/[\w-]+)*)(?=")/g, (whole, name, path) => {
    const version = Object.entries(manifest.dependencies).find(([dependency]) => dependency === name)?.[1];
    return version === undefined ? whole : `npm:${name}@${version}${path}`;
  });
  return Buffer.from(replaced);
}

/** A registry like jsr.io with one package. */
function startJsrRegistry(files: ReadonlyMap<string, Buffer>): Server {
  const [scope, name] = deno.name.slice(1).split("/");
  const entries = [...files].map(([path, content]) => {
    const checksum = `sha256-${createHash("sha256").update(content).digest("hex")}`;
    return [`/${path}`, { size: content.length, checksum }];
  });
  const base = `/${deno.name}`;
  const json: Readonly<Record<string, object>> = {
    [`${base}/meta.json`]: { scope, name, latest: deno.version, versions: { [deno.version]: {} } },
    [`${base}/${deno.version}_meta.json`]: { manifest: Object.fromEntries(entries), exports: { ".": deno.exports } },
  };
  return createServer((request, response) => {
    const path = new URL(request.url ?? "", "http://localhost").pathname;
    const content = json[path] ?? files.get(path.replace(`${base}/${deno.version}/`, ""));
    response.statusCode = content === undefined ? 404 : 200;
    if (path.endsWith(".json")) response.setHeader("content-type", "application/json");
    if (path.endsWith(".ts")) response.setHeader("content-type", "text/typescript");
    response.end(content === undefined || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  });
}

/** Packs the installed packages that rolecall depends on, directly or not. */
function packDependencies(to: string): void {
  const packed = new Set<string>();
  const pack = (name: string, from: string) => {
    const path = [join(from, "node_modules", name), join(ROOT, "node_modules", name)].find((candidate) =>
      filesIn(candidate).includes("package.json"),
    );
    if (path === undefined || packed.has(path)) return;
    packed.add(path);
    const entries = filesIn(path).map((file) => ({
      name: `package/${file}`,
      content: readFileSync(join(path, file)),
      mode: 0o644 as const,
    }));
    // Names that ustar has no room for are those of type declarations, which are not needed.
    const short = entries.filter(({ name: file }) => Buffer.byteLength(file) <= 100);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, `${name.replace("/", "-")}-${packed.size}.tgz`), gzipSync(makeTar(short), { level: 1 }));
    const { dependencies = {} } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    for (const dependency of Object.keys(dependencies)) pack(dependency, path);
  };
  for (const name of Object.keys(manifest.dependencies)) pack(name, ROOT);
}

/** The files below a folder, without packages in it; none if there is no folder. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((path) => !path.startsWith("node_modules/"));
  } catch {
    return [];
  }
}
