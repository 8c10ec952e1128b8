/** Files that are not regular: reading a folder, a pipe, an endless device or a cyclic link never hangs. */
import { afterAll, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeHome, SUBJECT_COMMAND } from "../support/subject.ts";

const home = makeHome({
  config: "[profile r]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = user1\n",
  credentials: "[user1]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = made-up\n",
  env: { AWS_EC2_METADATA_DISABLED: "true" },
});
execFileSync("mkfifo", [join(home.path, "pipe")]);
symlinkSync("cycle", join(home.path, "cycle"));
mkdirSync(join(home.path, "folder"));
afterAll(() => home.remove());

describe("a config file", () => {
  test.each(["folder", "pipe", "nothing", ".aws/config/x"])("that is %s counts as missing", async (name) => {
    const { exitCode, stdout } = await home.run(["profiles", "--json"], { env: { AWS_CONFIG_FILE: name } });
    expect(JSON.parse(stdout)).toMatchObject([{ name: "user1" }]);
    expect(exitCode).toBe(0);
  });

  test("may be a pipe that is written slowly", async () => {
    const script = `f() { AWS_CONFIG_FILE=$1 ${SUBJECT_COMMAND} profiles --json; }; f <(sleep 0.3; echo "[profile piped]")`;
    const { stdout } = await home.runProgram(["bash", "-c", script]);
    expect(JSON.parse(stdout)).toMatchObject([{ name: "piped" }, { name: "user1" }]);
  });

  test.each([
    ["cycle", "cycle cannot be read: Too many levels of symbolic links"],
    ["/dev/zero", "/dev/zero cannot be read: File too large"],
  ])("that is %s is an error", async (name, message) => {
    const { exitCode, stderr } = await home.run(["profiles"], { env: { AWS_CONFIG_FILE: name } });
    expect(stderr).toContain(`error[file-unreadable]: ${message}\n`);
    expect(exitCode).toBe(2);
  });
});

const ROLE = ["export", "-p", "user1", "--role-arn", "arn:aws:iam::123456789012:role/r"];

const READERS = [
  {
    reader: "the settings",
    args: (file: string) => ["explain", "-p", "r", "--settings", file],
    code: "settings-invalid",
  },
  { reader: "a policy", args: (file: string) => [...ROLE, "--policy", `@${file}`], code: "invalid-option" },
  { reader: "a CA bundle", args: (file: string) => [...ROLE, "--ca-bundle", file], code: "invalid-option" },
] as const;

describe.each(READERS)("$reader", ({ args, code }) => {
  test.each([
    ["/dev/zero", "cannot be read: File too large"],
    ["folder", "cannot be read: Is a directory"],
    ["cycle", "cannot be read: Too many levels of symbolic links"],
    ["nothing", "does not exist"],
  ])("from %s is an error", async (name, message) => {
    const { exitCode, stderr } = await home.run(args(name));
    expect(stderr).toContain(`error[${code}]`);
    expect(stderr).toContain(`${name} ${message}\n`);
    expect(exitCode).toBe(2);
  });
});

test("a web identity token file that is an endless device is an error", async () => {
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/dev/zero", AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r" };
  const { exitCode, stderr } = await home.run(["export"], { env });
  expect(stderr).toContain("/dev/zero cannot be read: File too large");
  expect(exitCode).toBe(1);
});
