/** Summaries of profiles: the kind of each, as its plan decides, independent of the environment. */
import type { RoleSettings, Settings } from "../config/settings.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type ErrorCode, RolecallError } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import { makePlan } from "./make_plan.ts";
import type { Plan, SourceStep } from "./plan.ts";
import { withSettingsRole } from "./roles/settings_role.ts";
import type { CredentialOptions } from "./scope.ts";

/** `none`: a profile that has settings but no credentials. `broken`: a profile for which no plan can be made. */
export type ProfileKind = "role" | "static" | "process" | "sso" | "login" | "web-identity" | "none" | "broken";

export interface ProfileSummary {
  readonly name: string;
  readonly kind: ProfileKind;
  /** Why the profile is broken. */
  readonly error?: { readonly code: ErrorCode; readonly message: string } | undefined;
  readonly roleArn: string | undefined;
  readonly sourceProfile: string | undefined;
  readonly credentialSource: string | undefined;
  readonly region: string | undefined;
  readonly from: FilePosition;
}

/** The summary of a profile in the two AWS files. */
export function summarizeProfile(profile: Profile, config: SharedConfig): ProfileSummary {
  const { name, settings, from } = profile;
  const setting = (key: string) => settings.get(key)?.value || undefined;
  return {
    name,
    ...kindOf({ profile: { value: name, from: { option: "--profile" } } }, config),
    roleArn: setting("role_arn"),
    sourceProfile: setting("source_profile"),
    credentialSource: setting("credential_source"),
    region: setting("region"),
    from,
  };
}

/** The summary of a role in rolecall's own settings. */
export function summarizeRole(
  name: string,
  role: RoleSettings,
  settings: Settings,
  config: SharedConfig,
): ProfileSummary {
  return {
    name,
    ...kindOf(withSettingsRole({}, { value: name, from: { option: "--role" } }, settings), config),
    roleArn: role.roleArn.value,
    sourceProfile: role.sourceProfile?.value,
    credentialSource: role.credentialSource?.value,
    region: undefined,
    from: role.from,
  };
}

/** Plans with an empty environment, so that the kind is the same on every machine and in every shell. */
function kindOf(options: CredentialOptions, config: SharedConfig): Pick<ProfileSummary, "kind" | "error"> {
  try {
    return { kind: kindOfPlan(makePlan({ options, environment: {}, config }).plan) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    // The profile is valid; only this environment lacks the credentials that credential_source names.
    if (error.code === "credential-source-empty") return { kind: "role" };
    return { kind: "broken", error: { code: error.code, message: error.message } };
  }
}

function kindOfPlan({ source, roles }: Plan): ProfileKind {
  return roles.length > 0 ? "role" : KINDS[source.kind];
}

/** The last three are the chain's fallbacks, which means that the profile itself has no credentials. */
const KINDS: Readonly<Record<SourceStep["kind"], ProfileKind>> = {
  static: "static",
  process: "process",
  sso: "sso",
  login: "login",
  "web-identity": "web-identity",
  environment: "none",
  container: "none",
  ec2: "none",
};
