/** rolecall's own settings file: what each key means, and what is an error. */
import { describe, expect, test } from "bun:test";
import { parseSettings, type RoleSettings, type Settings } from "../../../src/config/settings.ts";
import { type RolecallError, throwProblem } from "../../../src/domain/errors.ts";
import type { Sourced } from "../../../src/domain/origin.ts";

const ARN = "arn:aws:iam::123456789012:role/deploy";

function settingsOf(text: string): Settings {
  return parseSettings(text, "config.toml", throwProblem);
}

/** What is wrong with the text, and what is read in spite of it. */
function parse(text: string): { readonly problems: readonly RolecallError[]; readonly settings: Settings } {
  const problems: RolecallError[] = [];
  const settings = parseSettings(text, "config.toml", (problem) => problems.push(problem));
  return { problems, settings };
}

/** `value line:column`. */
function shown(sourced: Sourced<unknown> | undefined): string | undefined {
  if (sourced === undefined) return undefined;
  const { value, from } = sourced;
  return `${value} ${"line" in from ? `${from.line}:${from.column}` : "without a position"}`;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

describe("a setting has its value and the position of the value", () => {
  const rows: readonly [text: string, read: (settings: Settings) => Sourced<unknown> | undefined, expected: string][] =
    [
      ['region = "eu-west-1"', ({ region }) => region, "eu-west-1 1:11"],
      ['# ours\n  region="eu-west-1"', ({ region }) => region, "eu-west-1 2:11"],
      ['min_ttl = "15m"', ({ minTtl }) => minTtl, "900 1:12"],
      ['min_ttl = "90"', ({ minTtl }) => minTtl, "90 1:12"],
      ['[metadata]\ntimeout = "2s"', ({ metadata }) => metadata.timeout, "2 2:12"],
      ["[metadata]\nattempts = 3", ({ metadata }) => metadata.attempts, "3 2:12"],
      ["metadata.attempts = 3", ({ metadata }) => metadata.attempts, "3 1:21"],
      ["[metadata]\nattempts = 1", ({ metadata }) => metadata.attempts, "1 2:12"],
      ["metadata = { attempts = 2 }", ({ metadata }) => metadata.attempts, "2 1:12"],
      ["\"region\" = 'eu-west-1'", ({ region }) => region, "eu-west-1 1:13"],
      ['region = """eu-west-1"""', ({ region }) => region, "eu-west-1 1:13"],
      ["[metadata]\nimds_v1 = false", ({ metadata }) => metadata.imdsV1, "false 2:11"],
      ["[metadata]\nimds_v1 = true", ({ metadata }) => metadata.imdsV1, "true 2:11"],
    ];
  for (const [text, read, expected] of rows) {
    test(text.replace("\n", " / "), () => expect(shown(read(settingsOf(text)))).toBe(expected));
  }
});

test("a file without settings sets nothing", () => {
  expect(settingsOf("")).toEqual({
    file: "config.toml",
    region: undefined,
    minTtl: undefined,
    metadata: { timeout: undefined, attempts: undefined, imdsV1: undefined },
    roles: new Map(),
  });
});

describe("a key of a role", () => {
  type Key = Exclude<keyof RoleSettings, "from">;
  const rows: readonly [line: string, key: Key, expected: string | readonly string[]][] = [
    ['source_profile = "base"', "sourceProfile", "base 3:19"],
    ['credential_source = "EcsContainer"', "credentialSource", "EcsContainer 3:22"],
    ['external_id = "partner-42"', "externalId", "partner-42 3:16"],
    ['role_session_name = "me"', "roleSessionName", "me 3:22"],
    // The duration is read with the other durations of a role, so that its error is the same.
    ['duration = "soon"', "duration", "soon 3:13"],
    ['mfa_serial = "GAHT12345678"', "mfaSerial", "GAHT12345678 3:15"],
    ["mfa_process = 'ykman code'", "mfaProcess", "ykman code 3:16"],
    ['source_identity = "me"', "sourceIdentity", "me 3:20"],
    ["policy = '''{}'''", "policy", "{} 3:13"],
    ['policy_arns = ["a", "b"]', "policyArns", ["a 3:15", "b 3:15"]],
    ['tags = { team = "x", stage = "" }', "tags", ["team=x 3:8", "stage= 3:8"]],
    ['transitive_tag_keys = ["team"]', "transitiveTagKeys", ["team 3:23"]],
    ['via = ["first", "second"]', "via", ["first 3:7", "second 3:7"]],
  ];
  for (const [line, key, expected] of rows) {
    test(line, () => {
      const value = settingsOf(`[role.deploy]\nrole_arn = "${ARN}"\n${line}\n`).roles.get("deploy")?.[key];
      expect<unknown>(isList(value) ? value.map(shown) : shown(value)).toEqual(expected);
    });
  }

  test("is undefined or empty if it is not set", () => {
    const role = settingsOf(`[role.deploy]\nrole_arn = "${ARN}"`).roles.get("deploy");
    const set = Object.entries(role ?? {}).filter(([, value]) => value !== undefined && String(value) !== "");
    expect(set.map(([key]) => key)).toEqual(["from", "roleArn"]);
    expect(shown(role?.roleArn)).toBe(`${ARN} 2:13`);
    expect(role?.from).toEqual({ file: "config.toml", line: 1, column: 2 });
  });
});

test("every table [role.NAME] is a role, with the position of its header", () => {
  const text = `[role.a]\nrole_arn = "${ARN}"\n\n  [role."b.c"]\n  role_arn = "${ARN}2"\n[role.toString]\nrole_arn = "${ARN}3"`;
  const { roles } = settingsOf(text);
  expect([...roles].map(([name, { from, roleArn }]) => [name, from.line, roleArn.value])).toEqual([
    ["a", 1, ARN],
    ["b.c", 4, `${ARN}2`],
    ["toString", 6, `${ARN}3`],
  ]);
});

describe("an error has the position of what is wrong", () => {
  const role = `[role.deploy]\nrole_arn = "${ARN}"\n`;
  const rows: readonly [text: string, position: string][] = [
    // The TOML itself.
    ["region = ", "1:10"],
    ['region = "a"\nregion = "b"', "2:1"],
    // Types and values.
    ["region = 1", "1:1"],
    ['region = ""', "1:1"],
    ['region = ["a"]', "1:1"],
    ['min_ttl = "soon"', "1:1"],
    ["min_ttl = 900", "1:1"],
    ["metadata = 3", "1:1"],
    ["\nmetadata = { attempts = 0 }", "2:1"],
    // An escape hides the key from the search for its line: the error has the start of the file.
    ['\n"regi\\u006Fn" = 1', "1:1"],
    ['[metadata]\ntimeout = "soon"', "2:1"],
    ["[metadata]\ntimeout = 1", "2:1"],
    ["[metadata]\nattempts = 0", "2:1"],
    ["[metadata]\nattempts = -1", "2:1"],
    ["[metadata]\nattempts = 1.5", "2:1"],
    ['[metadata]\nattempts = "3"', "2:1"],
    ['[metadata]\nimds_v1 = "false"', "2:1"],
    ["[metadata]\nimds_v1 = 0", "2:1"],
    ['role = "deploy"', "1:1"],
    ["[role]\ndeploy = 1979-05-27", "2:1"],
    [`${role}external_id = ""`, "3:1"],
    [`${role}policy_arns = "a"`, "3:1"],
    [`${role}policy_arns = ["a", 1]`, "3:1"],
    [`${role}policy_arns = [""]`, "3:1"],
    [`${role}via = [""]`, "3:1"],
    [`${role}tags = ["a=b"]`, "3:1"],
    [`${role}tags = { a = 1 }`, "3:1"],
    // A role without its ARN.
    ['[role.deploy]\nexternal_id = "x"', "1:2"],
    // Unknown keys, at every level.
    ['regoin = "a"', "1:1"],
    ['\n[metadata]\ntimeuot = "1s"', "3:1"],
    [`${role}external-id = "x"`, "3:1"],
    ["[other]\na = 1", "1:2"],
  ];
  for (const [text, position] of rows) {
    test(text.replaceAll("\n", " / "), () => {
      const { problems } = parse(text);
      expect(problems.map(({ code, at }) => [code, shown({ value: "at", from: at ?? { default: "" } })])).toEqual([
        ["settings-invalid", `at ${position}`],
      ]);
    });
  }
});

test("an unknown key suggests the nearest key of the same table", () => {
  const { problems } = parse(`regoin = "a"\n[role.a]\nrole_arn = "${ARN}"\nexternalid = "x"\n[metadata]\nregion = "x"`);
  expect(problems.map(({ help }) => help.join())).toEqual([
    expect.stringContaining("external_id"),
    expect.stringContaining("region"),
    // Not the region of the file.
    expect.stringContaining("timeout, attempts, imds_v1"),
  ]);
});

describe("a report that returns", () => {
  test("gets every problem, and the rest is read", () => {
    const { problems, settings } = parse(`region = 1\nmin_ttl = "15m"\n[metadata]\nattempts = 0\n[role.a]\nx = 1`);
    expect(problems).toHaveLength(4);
    expect(settings).toMatchObject({ region: undefined, minTtl: { value: 900 }, roles: new Map() });
  });

  test("gets one problem for a text that is not TOML, which sets nothing", () => {
    const { problems, settings } = parse('region = "a"\n]');
    expect(problems).toHaveLength(1);
    expect(settings.region).toBeUndefined();
  });

  test("leaves out only the value that is wrong, not its role", () => {
    const { settings } = parse(`[role.a]\nrole_arn = "${ARN}"\nexternal_id = 1\nrole_session_name = "me"`);
    expect(settings.roles.get("a")).toMatchObject({ externalId: undefined, roleSessionName: { value: "me" } });
  });

  test("leaves out a role whose ARN is of another type, with one problem", () => {
    const { problems, settings } = parse("[role.a]\nrole_arn = 1");
    expect(problems).toHaveLength(1);
    expect(settings.roles.size).toBe(0);
  });
});
