/** The home folder of a user whom the system does not know, as in a container that runs with any user id. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { keysSection } from "../support/aws_files.ts";
import { IS_ROOT } from "../support/machine.ts";
import { makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

/** A user id without an entry in /etc/passwd. */
const AS_UNKNOWN_USER = ["setpriv", "--reuid", "54321", "--clear-groups"];
const [PROGRAM = ""] = SUBJECT_ARGV;
const CAN_CHANGE_USER =
  IS_ROOT &&
  spawnSync(AS_UNKNOWN_USER[0] ?? "", [...AS_UNKNOWN_USER.slice(1), PROGRAM, "--version"], { env: { HOME: "/" } })
    .status === 0;

let folder: TestHome;

beforeAll(() => {
  folder = makeHome();
  chmodSync(folder.path, 0o755);
  const keys = { accessKeyId: "AKIAEXAMPLE0UNKNOWN0", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
  folder.write("~/.aws/credentials", keysSection("unknown", { ...keys, arn: "", userId: "" }), 0o644);
  chmodSync(`${folder.path}/~`, 0o755);
  chmodSync(`${folder.path}/~/.aws`, 0o755);
});
afterAll(() => folder.remove());

describe.skipIf(!CAN_CHANGE_USER)("a user id without a passwd entry (needs root and setpriv)", () => {
  const run = (home: readonly string[], args: readonly string[]) =>
    folder.runProgram([...AS_UNKNOWN_USER, "env", ...home, "AWS_EC2_METADATA_DISABLED=true", ...SUBJECT_ARGV, ...args]);

  for (const home of [["-u", "HOME"], ["HOME="]]) {
    const name = home.join(" ");

    test(`exec runs COMMAND with the credentials of the environment, with env ${name}`, async () => {
      const keys = [
        "AWS_ACCESS_KEY_ID=AKIAEXAMPLE0FROM0ENV",
        "AWS_SECRET_ACCESS_KEY=0123456789/012345678901234567890123456789",
      ];
      const outcome = await run([...home, ...keys], ["exec", "--", "printenv", "AWS_ACCESS_KEY_ID"]);
      expect(outcome).toMatchObject({ exitCode: 0, stdout: "AKIAEXAMPLE0FROM0ENV\n", stderr: "" });
    });

    test(`exec ends with 125 and an error for people if there are no credentials, with env ${name}`, async () => {
      const { exitCode, stderr } = await run(home, ["exec", "--", "true"]);
      expect([exitCode, stderr.split("\n")[0]]).toEqual([125, "error[no-credentials]: no credentials found"]);
    });

    test.each([["explain"], ["probe"], ["export"]])(`%s names what was tried, with env ${name}`, async (command) => {
      const { exitCode, stdout, stderr } = await run(home, [command]);
      expect(exitCode).toBe(1);
      expect(stdout + stderr).toContain(home[0] === "-u" ? "~/.aws/config" : "/.aws/config");
    });

    test.each([[["check"]], [["profiles"]], [["cache", "list"]], [["--help"]]])(
      `%p works, with env ${name}`,
      async (args) => {
        expect((await run(home, args)).exitCode).toBe(0);
      },
    );
  }

  test("without HOME, the files are below a folder ~ in the working directory, as the AWS CLI has it", async () => {
    const { exitCode, stdout } = await run(["-u", "HOME"], ["export", "-p", "unknown"]);
    expect([exitCode, JSON.parse(stdout).AccessKeyId]).toEqual([0, "AKIAEXAMPLE0UNKNOWN0"]);
  });
});
