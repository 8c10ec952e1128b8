/** Moving the settings of legacy profiles into an sso-session. */
import { describe, expect, test } from "bun:test";
import { convertLegacyProfiles } from "../../../src/login/legacy_profiles.ts";
import { planSignIn } from "../../../src/plan/sign_in.ts";
import { inputsOf } from "../../support/plan_of.ts";

const URL = "https://corp.awsapps.com/start";
const LEGACY = `sso_start_url = ${URL}\nsso_region = eu-west-1\n`;
const SESSION = `sso_start_url = ${URL}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`;

const convert = (config: string, credentials?: string) => {
  const inputs = inputsOf({ config, ...(credentials === undefined ? {} : { credentials }), options: { profile: "a" } });
  const target = planSignIn(inputs, undefined);
  return target.kind === "sso" ? convertLegacyProfiles(target, inputs.config, config) : undefined;
};

describe("convertLegacyProfiles", () => {
  const rows: readonly [what: string, config: string, expected: string | undefined, credentials?: string][] = [
    [
      "one profile, with its comments",
      `# mine\n[profile a]\n${LEGACY}sso_account_id = 1 \n`,
      `# mine\n[profile a]\nsso_account_id = 1 \nsso_session = corp\n\n[sso-session corp]\n${SESSION}`,
    ],
    [
      "all profiles that share the token",
      `[profile a]\n${LEGACY}[profile b]\n${LEGACY}region = x\n[profile c]\n${LEGACY.replace("corp", "other")}`,
      `[profile a]\nsso_session = corp\n[profile b]\nregion = x\nsso_session = corp\n[profile c]\n${LEGACY.replace("corp", "other")}\n[sso-session corp]\n${SESSION}`,
    ],
    [
      "with a session that exists",
      `[profile a]\n${LEGACY}[sso-session mine]\n${LEGACY}`,
      `[profile a]\nsso_session = mine\n[sso-session mine]\n${LEGACY}`,
    ],
    [
      "with another session of that name",
      `[profile a]\n${LEGACY}[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n`,
      `[profile a]\nsso_session = corp-2\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n\n[sso-session corp-2]\n${SESSION}`,
    ],
    ["not of a profile with a session", `[profile a]\nsso_session = corp\n[sso-session corp]\n${SESSION}`, undefined],
    ["not of settings in [DEFAULT]", `[DEFAULT]\n${LEGACY}[profile a]\nsso_account_id = 1\n`, undefined],
    ["not of settings in the credentials file", `[profile a]\n${LEGACY}`, undefined, `[a]\nsso_region = eu-west-1\n`],
  ];
  for (const [what, config, expected, credentials] of rows) {
    test(what, () => expect(convert(config, credentials)?.text).toBe(expected));
  }
});
