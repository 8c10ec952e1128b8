/** The profiles that `profiles add` writes, read and changed by the real code of botocore and of the AWS CLI. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { makeSignInHome, type SignInHome } from "../support/sign_in_home.ts";
import { AWS_CLI, PYTHON_BIN } from "./python.ts";

let cloud: Cloud;
let home: SignInHome;

/** Names that would break the file, or that another tool would read differently. */
const NAMES = [
  "a]b[c",
  "two words",
  "it's",
  'say "hi"',
  "Zürich Straße",
  "本番",
  "#comment",
  "; x",
  "a = b",
  "%(here)s",
];

const add = (...args: readonly string[]) => home.run(["profiles", "add", "--sso-session", "corp", ...args]);
const config = () => readFileSync(join(home.path, ".aws/config"), "utf8");

beforeEach(async () => {
  cloud = await startCloud();
  cloud.signIn.oidc.isPreauthorized = true;
  cloud.signIn.assignments.accounts = NAMES.map((accountName, index) => ({
    accountId: `${100000000000 + index}`,
    accountName,
    roles: ["Role"],
  }));
  home = makeSignInHome(cloud);
  await home.signIn("--sso-session", "corp", "--use-device-code").ended;
  expect((await add("--all")).exitCode).toBe(0);
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

describe.skipIf(PYTHON_BIN === undefined)("needs Python and a package index:", () => {
  const python = async (script: string) => {
    // The C locale: other letters than ASCII would have another meaning.
    const env = { LC_ALL: "C", PYTHONUTF8: "0", PYTHONCOERCECLOCALE: "0" };
    const { stdout, stderr } = await home.runProgram([join(PYTHON_BIN ?? "", "python"), "-c", script], { env });
    expect(stderr).toBe("");
    return stdout;
  };

  test("botocore finds the same profiles, and gets credentials", async () => {
    const script = "import botocore.session, json; print(json.dumps(botocore.session.Session().available_profiles))";
    const { stdout } = await home.run(["profiles", "--json"]);
    const names: string[] = JSON.parse(stdout).map(({ name }: { name: string }) => name);
    expect(names).toContain("Zurich-Strasse-Role");
    expect(JSON.parse(await python(script)).sort()).toEqual(names.sort());
    const credentials = await python(
      "import botocore.session; print(botocore.session.Session(profile='a-b-c-Role').get_credentials().access_key)",
    );
    expect(credentials).toMatch(/^ASIA/);
  });

  test("aws configure set keeps the comment, and --prune keeps what it has changed", async () => {
    const set = async (...args: readonly string[]) =>
      expect((await home.runProgram([...AWS_CLI, "configure", "set", ...args])).exitCode).toBe(0);
    await set("region", "eu-west-1", "--profile", "x-Role");
    await set("output", "json", "--profile", "keys");
    cloud.signIn.assignments.accounts = [];
    const { stdout, stderr } = await add("--prune");
    expect(stdout.match(/^removed /gm)).toHaveLength(NAMES.length - 1);
    expect(stderr).toContain('the profile "x-Role" is gone; it stays: it has been changed');
    expect(config()).toContain(
      "[profile x-Role]\n# Written by rolecall profiles add: 100000000007 Role\nsso_session = corp\n",
    );
  });
});
