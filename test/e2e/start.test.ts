/**
 * What a start loads, as lists in test/golden/start. Loading node:http takes as long as starting Bun, node:crypto and
 * node:tty half as long, and every file of our own a little. So a file is added to a list only if every such start needs
 * it; the others are imported dynamically.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSettings } from "../../scripts/compile.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { golden } from "../support/golden.ts";
import { makeHome, SUBJECT, type TestHome } from "../support/subject.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(SUBJECT !== "compiled" || process.platform === "win32")("a start loads only what it needs:", () => {
  let cloud: Cloud;
  let home: TestHome;

  beforeEach(async () => {
    cloud = await startCloud();
    home = makeHome({
      credentials: keysSection("default", cloud.user1),
      config: `[profile role]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
    });
  });
  afterEach(async () => {
    home.remove();
    await cloud.stop();
  });

  /** Runs the source, and returns everything that it loaded, sorted. */
  async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
    const log = join(home.path, "loaded");
    const argv = [process.execPath, "--preload", join(ROOT, "test/support/log_loaded.ts"), join(ROOT, "src/main.ts")];
    const { exitCode, stderr } = await home.runProgram([...argv, ...args], { env: { LOADED_LOG: log } });
    expect([exitCode, stderr]).toEqual([0, ""]);
    return [...new Set(readFileSync(log, "utf8").trimEnd().split("\n"))].sort();
  }

  const exec = (...options: string[]) => loadedBy(["exec", ...options, "--", "true"]);
  const text = (names: readonly string[]) => names.map((name) => `${name}\n`).join("");

  test("--version", async () => {
    const loaded = text(await loadedBy(["--version"]));
    expect(loaded).toBe(golden("start/version.txt", loaded));
  });

  test("exec with static keys", async () => {
    const loaded = text(await exec());
    expect(loaded).toBe(golden("start/exec.txt", loaded));
  });

  test("exec with a call of STS", async () => {
    const before = await exec();
    const loaded = await exec("-p", "role", "--no-cache");
    // What these packages load themselves is checked by test/unit/architecture.test.ts.
    const added = text(loaded.filter((name) => !before.includes(name)));
    expect(added).toBe(golden("start/sts.txt", added));
  });

  test("exec with a cached role loads nothing more", async () => {
    const calls = () => cloud.sts.calls.length;
    await home.run(["export", "-p", "role"]);
    expect(calls()).toBe(1);
    expect(await exec("-p", "role")).toEqual(await exec());
    expect(calls()).toBe(1);
  });
});

describe("the executable", () => {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-start-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("has one chunk with everything that exec loads", async () => {
    const {
      compile: _,
      bytecode: __,
      ...settings
    } = buildSettings({ root: ROOT, outfile: "", target: "", commit: "" });
    const { metafile } = await Bun.build({ ...settings, target: "bun", outdir: folder });
    const outputs = metafile?.outputs ?? {};
    const holders = [
      "src/cli/run.ts",
      "src/cli/commands/exec.ts",
      "src/plan/chain.ts",
      "src/runtime/process/libc.ts",
    ].map((file) => Object.keys(outputs).find((name) => Object.hasOwn(outputs[name]?.inputs ?? {}, file)));
    const [chunk = ""] = holders;
    expect(new Set(holders)).toEqual(new Set([chunk]));
    // It imports what a quick start loads, too, and built-in modules.
    const imported = outputs[chunk]?.imports.filter(({ path, kind }) => kind === "import-statement" && path in outputs);
    const files = imported?.flatMap(({ path }) => Object.keys(outputs[path]?.inputs ?? {})).sort();
    expect(files).toEqual([
      "src/cli/helper_protocol.ts",
      "src/domain/environment.ts",
      "src/runtime/inherited/runtime_variables.ts",
    ]);
  });
});
