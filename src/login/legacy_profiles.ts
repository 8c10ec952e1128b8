/**
 * Moves the settings of legacy profiles into an sso-session. Only the token of an sso-session can be refreshed: a legacy
 * profile, which contains the start URL itself, needs a person whenever its token expires.
 */
import { profileNameOf } from "../config/merge.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { setKeys } from "../ini/set_keys.ts";
import type { IdentityCenterTarget } from "../plan/sign_in.ts";
import { DEFAULT_SCOPES } from "./oidc.ts";

export interface Conversion {
  /** The name of the sso-session. */
  readonly session: string;
  /** The profiles that use it from then on: all with the same start URL and region, because they share a token. */
  readonly profiles: readonly string[];
  /** The new text of the config file. */
  readonly text: string;
}

/**
 * What the config file would be with an sso-session.
 *
 * @param text of the config file.
 * @returns undefined if the profile is not a legacy one, or if its settings are not all in the config file.
 */
export function convertLegacyProfiles(
  { session, startUrl, region }: IdentityCenterTarget,
  config: SharedConfig,
  text: string,
): Conversion | undefined {
  if (session !== undefined || region === undefined) return undefined;
  const profiles = [...config.profiles.values()].filter(
    ({ settings }) =>
      !settings.has("sso_session") &&
      settings.get("sso_start_url")?.value === startUrl.value &&
      settings.get("sso_region")?.value === region.value,
  );
  if (profiles.length === 0 || !profiles.every(isInConfigFile)) return undefined;
  const name = existingSession(config, startUrl.value, region.value);
  const newSession = name ?? unusedName(config, startUrl.value);
  let edited = text;
  for (const profile of profiles) {
    const values = new Map([
      ["sso_session", newSession],
      ...MOVED_KEYS.map((key): [string, undefined] => [key, undefined]),
    ]);
    edited = setKeys(edited, config.configFile, (section) => profileNameOf(section) === profile.name, "", values);
  }
  if (name === undefined) {
    const values = new Map([
      ["sso_start_url", startUrl.value],
      ["sso_region", region.value],
      ["sso_registration_scopes", DEFAULT_SCOPES.join(",")],
    ]);
    edited = setKeys(edited, config.configFile, () => false, `sso-session ${newSession}`, values);
  }
  return { session: newSession, profiles: profiles.map((profile) => profile.name), text: edited };
}

const MOVED_KEYS = ["sso_start_url", "sso_region", "sso_registration_scopes"];

function isInConfigFile({ inConfig, inCredentials }: Profile): boolean {
  const own = inConfig?.own;
  return (
    own?.has("sso_start_url") === true &&
    own.has("sso_region") &&
    !MOVED_KEYS.some((key) => inCredentials?.settings.has(key) === true)
  );
}

function existingSession({ ssoSessions }: SharedConfig, startUrl: string, region: string): string | undefined {
  const found = [...ssoSessions].find(
    ([, { settings }]) =>
      settings.get("sso_start_url")?.value === startUrl && settings.get("sso_region")?.value === region,
  );
  return found?.[0];
}

/** The first label of the host, which names the organization: `corp` for `https://corp.awsapps.com/start`. */
function unusedName({ ssoSessions }: SharedConfig, startUrl: string): string {
  const label = new URL(startUrl).hostname.split(".")[0] ?? "";
  const base = /^[\w-]+$/.test(label) ? label : "sso";
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!ssoSessions.has(name)) return name;
  }
}
