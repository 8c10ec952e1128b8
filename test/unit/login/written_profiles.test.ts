/** Writing profiles to any config file, and removing them, leaves a file that can be parsed and the rest as it was. */
import { expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { DEFAULT_NAME_FORMAT, profileNames } from "../../../src/login/profile_names.ts";
import { changeProfiles, profilesWithoutRole, withSession } from "../../../src/login/written_profiles.ts";

const PATH = "/home/me/.aws/config";
const PATHS = { configFile: PATH, credentialsFile: "/home/me/.aws/credentials" };
const configOf = (text: string) => mergeSharedConfig(parseIni(text, PATH), undefined, PATHS);

/** A linear congruential generator, so that a failure can be repeated. */
let state = 7;
function random(limit: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * limit);
}

const CHARACTERS = [..."ab-_. []{}\"'\\#;=:%$`~*?!/\n\r\t\u0000\u001b\u00a0\u202eäßé本🦀Ａ"];
const anyText = () => Array.from({ length: random(8) }, () => CHARACTERS[random(CHARACTERS.length)]).join("");

const BASES = [
  "",
  "[default]\nregion = eu-west-1\n",
  "# comment\n\n[profile x]\nregion = a",
  "[DEFAULT]\nregion = a\n[profile 'a b']\ns3 =\n  x = 1\n\n\n",
  "[profile x]\r\nregion = a\r\n; end\r\n",
];

test("with account names of any characters", () => {
  for (let run = 0; run < 300; run++) {
    const base = BASES[run % BASES.length] ?? "";
    const assignments = Array.from({ length: 1 + random(5) }, (_, index) => ({
      accountId: `${100_000_000_000 + index}`,
      accountName: anyText(),
      roleName: ["Admin", "Read+Only", "a=b,c", "x@y"][random(4)] ?? "",
    }));
    const format = run % 3 === 0 ? anyText() : DEFAULT_NAME_FORMAT;
    const withoutProfiles = withSession(base, {
      name: "corp",
      startUrl: "https://corp.awsapps.com/start",
      region: "a",
    });
    const names = profileNames(assignments, format, "corp", configOf(base).profiles.keys());
    expect(new Set(names).size).toBe(names.length);
    const added = assignments.map((assignment, index) => ({ ...assignment, name: names[index] ?? "" }));
    const text = changeProfiles(withoutProfiles, PATH, { session: "corp", added, removed: [] });
    const { profiles } = configOf(text);
    for (const { name, accountId, roleName } of added) {
      const settings = profiles.get(name)?.settings;
      const values = ["sso_session", "sso_account_id", "sso_role_name"].map((key) => settings?.get(key)?.value);
      expect(values).toEqual(["corp", accountId, roleName]);
    }
    const old = profilesWithoutRole("corp", [], configOf(text), text);
    expect([[...old.unchanged].sort(), old.kept]).toEqual([[...names].sort(), []]);
    const removed = changeProfiles(text, PATH, { session: "corp", added: [], removed: old.unchanged });
    expect(removed).toBe(withoutProfiles);
  }
});
