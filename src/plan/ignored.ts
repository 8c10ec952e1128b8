/** Settings that are present but have no effect, each with the reason: for `Plan.ignored`. */
import type { FileSection, Profile } from "../config/shared_config.ts";
import { type Environment, isBlank, variable } from "../domain/environment.ts";
import type { Origin } from "../domain/origin.ts";
import { findSwallowed, sectionWithoutPrefix } from "./hints.ts";
import type { Ignored } from "./plan.ts";
import type { Scope } from "./scope.ts";

/** A variable, or a key of a profile, that is set. */
export interface PresentSetting {
  readonly what: string;
  readonly from: Origin;
}

/** The given keys that the section has, each with its position. */
export function presentKeys(
  section: Pick<Profile | FileSection, "settings"> | undefined,
  ...names: readonly string[]
): PresentSetting[] {
  return names.flatMap((what) => {
    const found = section?.settings.get(what);
    return found === undefined ? [] : [{ what, from: found.from }];
  });
}

/** The given variables that are set. */
export function presentVariables(environment: Environment, ...names: readonly string[]): PresentSetting[] {
  return names
    .filter((name) => variable(environment, name) !== undefined)
    .map((name) => ({ what: name, from: { variable: name } }));
}

/** Marks all of the settings as ignored, for the same reason. */
export function ignoredBecause(why: string, settings: readonly PresentSetting[]): Ignored[] {
  return settings.map(({ what, from }) => ({ what, from, why }));
}

/** Why credentials in the environment are not used. */
export const PROFILE_BY_OPTION = "a profile is chosen by an option";

/** Keys that have no effect without `role_arn`. (`mfa_serial` is not among them: an MFA session uses it, too.) */
export const ROLE_KEYS: readonly string[] = ["source_profile", "credential_source", "external_id", "duration_seconds"];

/** Keys that the AWS CLI does not use for AssumeRoleWithWebIdentity. */
export const KEYS_IGNORED_BY_WEB_IDENTITY: readonly string[] = [...ROLE_KEYS, "mfa_serial"];

/** Settings that describe a role or a web identity, if the plan has none. */
export function ignoredSettings({ profile, profileIsExplicit, options, environment }: Scope): Ignored[] {
  const mfaKeys = options.mfaSession === undefined ? ["mfa_serial"] : [];
  const hasRoleArn = profile?.settings.has("role_arn") === true;
  const hasToken =
    variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE") ?? profile?.settings.get("web_identity_token_file");
  return [
    ...(profileIsExplicit
      ? ignoredBecause(PROFILE_BY_OPTION, presentVariables(environment, "AWS_WEB_IDENTITY_TOKEN_FILE"))
      : []),
    ...(hasRoleArn
      ? []
      : ignoredBecause("it has no effect without role_arn", presentKeys(profile, ...ROLE_KEYS, ...mfaKeys))),
    ...(hasToken === undefined
      ? ignoredBecause(
          "it has no effect without AWS_WEB_IDENTITY_TOKEN_FILE",
          presentVariables(environment, "AWS_ROLE_ARN"),
        )
      : []),
  ];
}

/**
 * What looks like a part of the chosen profile but is not: a section `[NAME]` of the config file, and a region on a
 * line that continues another value.
 */
export function ignoredLookalikes({ profileName, profile, config }: Scope): Ignored[] {
  const section = sectionWithoutPrefix(profileName.value, config);
  return [
    ...(section === undefined
      ? []
      : [
          {
            what: `[${section.name}]`,
            from: section.from,
            why: `it is not a profile: rename it to [${section.correctName}]`,
          },
        ]),
    ...findSwallowed(profile, profile?.settings.has("region") ? [] : ["region"]).map(({ key, above, from }) => ({
      what: key,
      from,
      why: `it is part of the value of ${above}: indent it no deeper than ${above}`,
    })),
  ];
}

/** Every variable that this folder reads. */
const PLAN_VARIABLES: readonly string[] = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_EC2_METADATA_V1_DISABLED",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
  "AWS_IMDS_USE_IPV6",
  "AWS_METADATA_SERVICE_TIMEOUT",
  "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_STS",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
  "AWS_STS_REGIONAL_ENDPOINTS",
  "AWS_USE_FIPS_ENDPOINT",
  "AWS_USE_DUALSTACK_ENDPOINT",
  "AWS_CA_BUNDLE",
  "AWS_MAX_ATTEMPTS",
  "AWS_RETRY_MODE",
];

/** Variables that are set to an empty value, which counts as not set. */
export function emptyVariables(environment: Environment): Ignored[] {
  return PLAN_VARIABLES.filter((name) => isBlank(environment, name)).map((name) => ({
    what: name,
    from: { variable: name },
    why: "it is empty, which counts as not set",
  }));
}
