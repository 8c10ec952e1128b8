/** The lock of the cache holds between the compiled program, the JavaScript bundle under Node, and the source under Deno. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../scripts/releasing/bundle.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { isInstalled } from "../support/machine.ts";
import { NODE_22 } from "../support/node_22.ts";
import { makeHome, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOCK = ".aws/cli/cache/8e3e980585dddb1d2841b4fab7107e2a3ec02cb0.lock";

const CAN_RUN = SUBJECT === "compiled" && NODE_22 !== undefined;

let folder: string;
let cloud: Cloud;
let home: TestHome;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-js-"));
  if (CAN_RUN) bundle({ root: ROOT, outdir: folder, commit: "unknown" });
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
    env: {
      AWS_ENDPOINT_URL_STS: cloud.sts.url,
      DENO_DIR: join(ROOT, ".tmp", "deno"),
      DENO_NO_UPDATE_CHECK: "1",
    },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const NODE = () => [NODE_22 ?? "", join(folder, "main.mjs")];
const RUNTIMES: Readonly<Record<string, () => readonly string[]>> = {
  "the program": () => SUBJECT_ARGV,
  Node: NODE,
  "Node without flock(1)": NODE,
  Deno: () => [
    join(ROOT, "node_modules/.bin/deno"),
    ...["run", "-A", "--no-config", "--node-modules-dir=manual"],
    join(ROOT, "src/main.ts"),
  ],
};

function start(runtime: string) {
  // Without any program in PATH.
  const env = runtime.includes("without") ? { PATH: folder } : {};
  return home.startProgram([...(RUNTIMES[runtime]?.() ?? []), "export", "-p", "m"], { env });
}

const pairs = Object.keys(RUNTIMES).flatMap((holder) =>
  Object.keys(RUNTIMES).map((waiter) => [holder, waiter] as const),
);

describe.skipIf(!CAN_RUN || !isInstalled("flock"))("a session that a process is making (needs Node 22)", () => {
  test.each(pairs)("by %s is awaited by %s", async (holder, waiter) => {
    cloud.sts.react("hang");
    const first = start(holder);
    await waitUntil(() => cloud.sts.calls.length === 1);
    const { pid } = JSON.parse(readFileSync(join(home.path, LOCK), "utf8"));
    const second = start(waiter);
    await second.complains(new RegExp(`^warning: waiting for process ${pid} to finish the same call: AssumeRole `));
    expect(cloud.sts.calls.length).toBe(1);
    process.kill(pid, "SIGKILL");
    await first.ended;
    const { exitCode, stdout } = await second.ended;
    expect([exitCode, cloud.sts.calls.length]).toEqual([0, 2]);
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) });
  });
});
