/** The names that `profiles add` gives to profiles. */
import { expect, test } from "bun:test";
import { DEFAULT_NAME_FORMAT, profileNames, requireNameFormat } from "../../../src/login/profile_names.ts";

const role = (accountName: string, roleName = "Role", accountId = "111111111111") => ({
  accountId,
  accountName,
  roleName,
});

const ROWS: readonly [accountName: string, name: string][] = [
  ["Dev", "Dev-Role"],
  ["two  words", "two-words-Role"],
  ["a]b[c", "a-b-c-Role"],
  [`'"`, "111111111111-Role"],
  ["Zürich Straße", "Zurich-Strasse-Role"],
  ["łódź Ørsted", "lodz-Orsted-Role"],
  ["本番", "111111111111-Role"],
  ["\u001b[31m", "31m-Role"],
  ["a\r\n[b]", "a-b-Role"],
  ["--x--", "x-Role"],
  ["a\u202eb", "a-b-Role"],
  ["", "111111111111-Role"],
  ["user@example.com", "user@example.com-Role"],
];
for (const [accountName, name] of ROWS) {
  test(`${JSON.stringify(accountName)} gives ${name}`, () => {
    expect(profileNames([role(accountName)], DEFAULT_NAME_FORMAT, "corp", [])).toEqual([name]);
  });
}

const UNIQUE: readonly [what: string, format: string, roles: readonly ReturnType<typeof role>[], taken: string[]][] = [
  ["two accounts", "{account_name}", [role("a"), role("a!", "Role", "222222222222")], []],
  ["two roles of one account", "{account_name}", [role("a", "A"), role("a", "B")], []],
  ["a profile that exists", "{role_name}", [role("a")], ["Role", "Role-111111111111"]],
  ["text alone", "x", [role("a", "A"), role("a", "B"), role("b", "A", "222222222222")], ["x"]],
  ["the default profile", "default", [role("a")], []],
  ["a name that another one gets with the id", "{account_name}", [role("a"), role("a"), role("a-111111111111")], []],
];
test("names are unique", () => {
  const named = Object.fromEntries(
    UNIQUE.map(([what, format, roles, taken]) => [what, profileNames(roles, format, "corp", taken)]),
  );
  expect(named).toEqual({
    "two accounts": ["a-111111111111", "a-222222222222"],
    "two roles of one account": ["a-111111111111", "a-111111111111-2"],
    "a profile that exists": ["Role-111111111111-2"],
    "text alone": ["x-111111111111", "x-111111111111-2", "x-222222222222"],
    "the default profile": ["default-111111111111"],
    "a name that another one gets with the id": ["a-111111111111", "a-111111111111-2", "a-111111111111-111111111111"],
  });
});

test("an unknown placeholder is an error", () => {
  const format = (value: string) => requireNameFormat({ value, from: { option: "--name-format" } });
  expect(format("{account_id} {sso_session}")).toBe("{account_id} {sso_session}");
  for (const value of ["{}", "{account}", "{account_name}-{ROLE_NAME}"]) {
    expect(() => format(value)).toThrow(`invalid name format "${value}"`);
  }
});
