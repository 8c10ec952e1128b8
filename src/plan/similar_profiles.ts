/**
 * Profiles that differ only in what planning does not distinguish. Generated files have thousands of them, so that
 * `profiles` and `check` plan one and use the result for the others.
 */
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { hasStaticKeys } from "./chain.ts";

/** A profile with more settings is planned by itself. */
const MAX_COMPARED_SETTINGS = 32;

/** The account and the name of a role do not matter. Without a region, the partition does. */
const USUAL_ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const USUAL_ACCOUNT_ID = /^\d{12}$/;

/**
 * The settings of a profile with a role or with IAM Identity Center, as text. If a plan can be made for one profile, one of
 * the same kind can be made for every other profile with the same text.
 *
 * @returns undefined for a profile that is planned by itself: one that inherits settings, or that may be the end of its own
 * chain.
 */
export function similarSettings(profile: Profile, config: SharedConfig): string | undefined {
  const { name, settings, inConfig, inCredentials } = profile;
  const isWhole = settings === inConfig?.own || settings === inCredentials?.own;
  if (!isWhole || settings.size > MAX_COMPARED_SETTINGS || name === "default" || hasStaticKeys(profile))
    return undefined;
  if (!settings.has("role_arn") && !settings.has("sso_account_id")) return undefined;
  // A key that is also in the session must have the same value there.
  const inSession = config.ssoSessions.get(settings.get("sso_session")?.value ?? "")?.settings;
  let text = "";
  for (const [key, { value }] of settings) {
    const compared = inSession?.has(key) === true ? value : comparedValue(key, value);
    text += `${key} ${compared.length} ${compared} `;
  }
  return text;
}

function comparedValue(key: string, value: string): string {
  if (key === "role_arn") return USUAL_ROLE_ARN.test(value) ? value.slice(0, value.indexOf(":iam:")) : value;
  return key === "sso_account_id" && USUAL_ACCOUNT_ID.test(value) ? "" : value;
}
