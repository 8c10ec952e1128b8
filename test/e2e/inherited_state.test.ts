/** Unusual state that rolecall inherits from its parent, and that must not disturb its own work. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { isInstalled } from "../support/machine.ts";
import { makeHome, REPLACES_PROCESS, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

let home: TestHome;

beforeAll(() => {
  home = makeHome({
    config: "[default]\ncredential_process = cat credentials.json\n",
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  home.write("credentials.json", '{"Version":1,"AccessKeyId":"AKIAEXAMPLE","SecretAccessKey":"secret"}');
});
afterAll(() => home.remove());

const IGNORING_SIGCHLD = ["env", "--ignore-signal=CHLD"];
const [ENV = "", ...IGNORE] = IGNORING_SIGCHLD;
const CAN_IGNORE = spawnSync(ENV, [...IGNORE, "true"]).status === 0;

/** The prologue writes no record if files may not grow, as if there were no prologue. */
const RECORDS: readonly [what: string, wrapper: readonly string[], possible: boolean][] = [
  ["", [], true],
  [" and no record of the prologue", ["prlimit", "--fsize=4096"], isInstalled("prlimit")],
];

for (const [what, wrapper, possible] of RECORDS) {
  describe.skipIf(!CAN_IGNORE || !possible || !REPLACES_PROCESS)(`with SIGCHLD ignored${what}`, () => {
    const run = (args: readonly string[]) =>
      home.runProgram([...IGNORING_SIGCHLD, ...wrapper, ...SUBJECT_ARGV, ...args]);

    test("a credential_process runs", async () => {
      const { exitCode, stdout, stderr } = await run(["export"]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout).AccessKeyId).toBe("AKIAEXAMPLE");
    });

    for (const options of [[], ["--serve"]]) {
      test.skipIf(process.platform !== "linux")(
        `COMMAND of exec ${options.join(" ")} still ignores SIGCHLD after a credential_process ran`,
        async () => {
          const command = ["grep", "SigIgn", "/proc/self/status"];
          const { exitCode, stdout, stderr } = await run(["exec", ...options, "--", ...command]);
          expect([exitCode, stdout, stderr]).toEqual([0, "SigIgn:\t0000000000010000\n", ""]);
        },
      );
    }
  });
}

/** Inherits files that look like the record of the prologue, but name another process, and then becomes "$@". */
const WITH_FOREIGN_RECORD = `
import os, signal, sys
record = b"Pid:\\t1\\nSigIgn:\\t000000000000ffff\\n\\0Max open files            77                  77                files \\n\\0\\0\\0\\0"
for number in (3, 9):
    fd = os.memfd_create("rolecall", 0)
    os.write(fd, record)
    os.dup2(fd, number)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
`;

test.skipIf(process.platform !== "linux" || !REPLACES_PROCESS || !isInstalled("python3"))(
  "an inherited file that looks like the record of another process is not used, and COMMAND inherits it",
  async () => {
    const probe = "grep SigIgn /proc/$$/status; ulimit -n; readlink /proc/$$/fd/3 /proc/$$/fd/9";
    const runBelow = (wrapper: readonly string[]) =>
      home.runProgram(["python3", "-c", WITH_FOREIGN_RECORD, ...wrapper, "sh", "-c", probe]);
    const direct = await runBelow([]);
    expect(direct.stdout).toContain("/memfd:rolecall (deleted)\n/memfd:rolecall (deleted)\n");
    expect(await runBelow([...SUBJECT_ARGV, "exec", "--"])).toEqual(direct);
  },
);
