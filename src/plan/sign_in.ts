/** Decides what `login` and `logout` are about: a session of IAM Identity Center, or console credentials. */
import type { FileSection, Profile, Setting } from "../config/shared_config.ts";
import { invalidValue, RolecallError } from "../domain/errors.ts";
import { CHOOSE_PROFILE } from "../domain/help_texts.ts";
import type { Origin, Sourced } from "../domain/origin.ts";
import { shellCommand } from "../text/shell.ts";
import { didYouMean } from "../text/suggest.ts";
import { parseHttpUrl } from "../text/url.ts";
import { chainOfProfile } from "./chain.ts";
import type { LoginStep, ServiceSettings, SourceStep, SsoStep } from "./plan.ts";
import {
  chooseProfile,
  namedProfile,
  type PlanInputs,
  profileHints,
  profileSetting,
  requireHostLabel,
  requireNonEmpty,
  type Scope,
  withoutProfile,
} from "./scope.ts";
import { configuredRegion, endpointVariant, serviceEndpoint } from "./services/endpoints.ts";
import { type EndpointVariant, identityCenterUrl } from "./services/service_hosts.ts";
import { serviceSettings } from "./services/service_settings.ts";

export type SignInTarget = IdentityCenterTarget | ConsoleTarget;

/** A session of IAM Identity Center: what `aws sso login` signs in to. */
export interface IdentityCenterTarget extends IdentityCenterSettings {
  readonly kind: "sso";
  /** The name of the sso-session; undefined in a legacy profile, which contains the start URL itself. */
  readonly session: Sourced<string> | undefined;
  /** The profile that uses the session; undefined if `--sso-session` chose it. */
  readonly profile: string | undefined;
  readonly startUrl: Sourced<string>;
  /** Undefined only if the start URL is on a domain of the customer's own, which leads to the region. */
  readonly region: Sourced<string> | undefined;
  /** `sso_registration_scopes`; undefined if they are not configured. */
  readonly scopes: readonly string[] | undefined;
}

/** How to reach IAM Identity Center. */
export interface IdentityCenterSettings {
  /** Configured endpoints of the OIDC service and of the access portal. */
  readonly oidcEndpoint: Sourced<string> | undefined;
  readonly portalEndpoint: Sourced<string> | undefined;
  readonly variant: EndpointVariant;
  readonly services: ServiceSettings;
}

/** Console credentials for a profile: what `aws login` signs in to. */
export interface ConsoleTarget {
  readonly kind: "console";
  readonly profile: string;
  /** Whether the config file has a section for the profile. */
  readonly isDefined: boolean;
  /** Names of similar profiles, as help lines, if the profile is not defined. */
  readonly hints: readonly string[];
  /** The session that the profile has now. */
  readonly session: Sourced<string> | undefined;
  readonly region: Sourced<string> | undefined;
  /** A configured endpoint of the sign-in service. */
  readonly endpoint: Sourced<string> | undefined;
  readonly variant: EndpointVariant;
  readonly services: ServiceSettings;
}

/**
 * What to sign in to: the session that `--sso-session` names, else what the chosen profile uses. A profile with a role
 * signs in for the source of its chain. A profile without credentials, or one that does not exist yet, gets console
 * credentials, as with `aws login`.
 *
 * @throws RolecallError `sign-in-impossible` if the profile has credentials of another kind, `sso-incomplete`, and the
 * errors of a plan.
 */
export function planSignIn(inputs: PlanInputs, ssoSession: Sourced<string> | undefined): SignInTarget {
  if (ssoSession !== undefined) return planSessionSignIn(inputs, ssoSession);
  const scope = scopeOfProfile(inputs);
  const { profile } = scope;
  if (profile === undefined) return consoleTarget(profile, scope);
  if (profile.settings.has("role_arn") && !profile.settings.has("web_identity_token_file")) {
    const source = chainOfProfile(scope)?.source;
    if (source?.kind === "sso" || source?.kind === "login") return targetOfSource(source, scope);
    throw impossible(profile, kindOf(source), profile.settings.get("role_arn"));
  }
  return identityCenterOf(profile, scope) ?? consoleTarget(profile, scope);
}

/**
 * What to sign in to for a session of that name.
 *
 * @throws RolecallError `sso-incomplete`.
 */
export function planSessionSignIn(inputs: PlanInputs, session: Sourced<string>): IdentityCenterTarget {
  return namedSession(session, scopeOfSession(inputs));
}

/** What to sign in to for the source of a plan. */
export function targetOfSource(source: SsoStep | LoginStep, scope: Scope): SignInTarget {
  const profile = scope.config.profiles.get(source.profile);
  const target = profile && identityCenterOf(profile, scope);
  if (source.kind === "sso" && target !== undefined) return target;
  return { ...consoleTarget(profile, scope), profile: source.profile };
}

/** The URL of the OIDC service. @param region of IAM Identity Center. */
export function oidcUrl({ oidcEndpoint, variant }: IdentityCenterSettings, region: string): string {
  return oidcEndpoint?.value ?? identityCenterUrl("sso-oidc", region, variant);
}

/** The URL of the access portal. @param region of IAM Identity Center. */
export function portalUrl({ portalEndpoint, variant }: IdentityCenterSettings, region: string): string {
  return portalEndpoint?.value ?? identityCenterUrl("sso", region, variant);
}

/** How to reach IAM Identity Center in any region. */
export function identityCenterSettings(scope: Scope): IdentityCenterSettings {
  return {
    oidcEndpoint: serviceEndpoint(scope, "sso_oidc"),
    portalEndpoint: serviceEndpoint(scope, "sso"),
    variant: variantOf(scope),
    services: serviceSettings(scope),
  };
}

/** The target in messages: `the sso-session "dev" (https://d-1.awsapps.com/start)`. */
export function describeTarget(target: SignInTarget): string {
  if (target.kind === "console") return `the profile "${target.profile}"`;
  const { session, startUrl } = target;
  return session === undefined ? startUrl.value : `the sso-session "${session.value}" (${startUrl.value})`;
}

/** Domains of AWS itself: the rule of the AWS CLI's `is_aws_owned_domain`, with all partitions. */
const AWS_DOMAINS = [
  ...["awsapps.com", "awsapps.cn", "app.aws", "app.amazonwebservices.com.cn", "api.amazonwebservices.eu"],
  ...["portal.amazonaws.com", "portal.amazonaws.com.cn", "portal.amazonaws.eu"],
];
const AWS_HOSTS = [
  ...["identitycenter.amazonaws.com", "identitycenter.amazonaws.com.cn", "identitycenter.amazonaws.eu"],
  "identitycenter.us-gov.amazonaws.com",
];

/** Whether a start URL is one of AWS. Every other one is on a domain of the customer's own, and redirects to AWS. */
export function isAwsStartUrl(url: URL): boolean {
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  return AWS_HOSTS.includes(host) || AWS_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

function namedSession(name: Sourced<string>, scope: Scope): IdentityCenterTarget {
  const section = scope.config.ssoSessions.get(name.value);
  if (section !== undefined) return identityCenterTarget(name, section.settings, undefined, name.from, scope);
  throw new RolecallError("sso-incomplete", `the section [sso-session ${name.value}] does not exist`, {
    at: name.from,
    length: "file" in name.from ? name.value.length : undefined,
    help: [
      ...didYouMean(name.value, scope.config.ssoSessions.keys()),
      `run ${shellCommand(["rolecall", "profiles", "add", ["--sso-session", name.value]])} to write the section`,
    ],
  });
}

/** The session of a profile; undefined if it uses none. */
function identityCenterOf(profile: Profile, scope: Scope): IdentityCenterTarget | undefined {
  const { settings } = profile;
  const session = settings.get("sso_session");
  if (session !== undefined) return { ...namedSession(session, scope), profile: profile.name };
  const trigger = ["sso_start_url", "sso_account_id", "sso_role_name"].map((key) => settings.get(key)).find(Boolean);
  if (trigger === undefined) return undefined;
  return identityCenterTarget(undefined, settings, profile.name, trigger.from, scope);
}

function identityCenterTarget(
  session: Sourced<string> | undefined,
  settings: FileSection["settings"],
  profile: string | undefined,
  from: Origin,
  scope: Scope,
): IdentityCenterTarget {
  const startUrl = settings.get("sso_start_url");
  const region = settings.get("sso_region");
  const url = startUrl === undefined ? undefined : parseHttpUrl(startUrl.value);
  if (startUrl !== undefined && url?.protocol !== "https:") {
    throw invalidValue("start URL", startUrl, ["use an https:// URL, such as https://d-1234567890.awsapps.com/start"]);
  }
  const needsRegion = url === undefined || isAwsStartUrl(url);
  const missing = [
    ...(startUrl === undefined ? ["sso_start_url"] : []),
    ...(region === undefined && needsRegion ? ["sso_region"] : []),
  ];
  if (startUrl === undefined || missing.length > 0) {
    const what = session === undefined ? `the profile "${profile}"` : `the sso-session "${session.value}"`;
    throw new RolecallError("sso-incomplete", `${what} has no ${missing.join(", ")}`, { at: from });
  }
  if (region !== undefined) requireHostLabel(region);
  return {
    kind: "sso",
    session,
    profile,
    startUrl,
    region,
    // As in the AWS CLI, a legacy profile has none.
    scopes: session === undefined ? undefined : scopesOf(settings.get("sso_registration_scopes")),
    ...identityCenterSettings(scope),
  };
}

/** The list as the AWS CLI parses it: separated by commas, without blank items. */
function scopesOf(setting: Setting | undefined): readonly string[] | undefined {
  return setting?.value
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}

/**
 * Console credentials for the chosen profile. As in `aws login`, the profile must not have credentials that would take
 * precedence over them.
 */
function consoleTarget(profile: Profile | undefined, scope: Scope): ConsoleTarget {
  const { profileName, config } = scope;
  const session = requireNonEmpty("login_session", profileSetting(profile, "login_session"));
  if (profile !== undefined) rejectOtherCredentials(profile);
  if (session === undefined && "default" in profileName.from && config.ssoSessions.size > 0) {
    throw new RolecallError("sign-in-impossible", "no profile is named, and the default profile has no sign-in", {
      help: [
        CHOOSE_PROFILE,
        `choose a session: ${[...config.ssoSessions.keys()]
          .slice(0, MAX_NAMED_SESSIONS)
          .map((name) => shellCommand([["--sso-session", name]]))
          .join(", ")}`,
        "for console credentials in the default profile, use --profile default",
      ],
    });
  }
  return {
    kind: "console",
    profile: profileName.value,
    isDefined: profile !== undefined,
    hints: profile === undefined ? profileHints(profileName.value, config) : [],
    session,
    region: configuredRegion(scope),
    endpoint: serviceEndpoint(scope, "signin"),
    variant: variantOf(scope),
    services: serviceSettings(scope),
  };
}

/** More do not fit a line. */
const MAX_NAMED_SESSIONS = 3;

/** The keys of other credentials, in the order of the AWS CLI's `ensure_profile_does_not_have_existing_credentials`. */
const OTHER_CREDENTIALS: readonly (readonly [key: string, kind: string])[] = [
  ["web_identity_token_file", "a web identity"],
  ["aws_access_key_id", "access keys"],
  ["role_arn", "a role"],
  ["credential_process", "a credential_process"],
];

function rejectOtherCredentials(profile: Profile): void {
  for (const [key, kind] of OTHER_CREDENTIALS) {
    const setting = profile.settings.get(key);
    if (setting !== undefined) throw impossible(profile, kind, setting);
  }
}

function impossible({ name, from }: Profile, kind: string, setting: Setting | undefined): RolecallError {
  return new RolecallError("sign-in-impossible", `the profile "${name}" has no sign-in: it uses ${kind}`, {
    at: setting?.from ?? from,
    help: ["choose a profile with --profile, or a session with --sso-session"],
  });
}

function kindOf(source: SourceStep | undefined): string {
  switch (source?.kind) {
    case "static":
      return "access keys";
    case "process":
      return "a credential_process";
    case "web-identity":
      return "a web identity";
    case "environment":
      return "the environment";
    case "container":
      return "the container's credentials";
    default:
      return "the role of the machine";
  }
}

function variantOf(scope: Scope): EndpointVariant {
  const { fips, dualStack } = endpointVariant(scope);
  return { fips: fips.value, dualStack: dualStack.value };
}

/** A variable that names a missing profile does not matter if a session is named. */
function scopeOfSession(inputs: PlanInputs): Scope {
  if (inputs.options.profile !== undefined) return chooseProfile(inputs);
  return scopeIfDefined(inputs) ?? withoutProfile(inputs);
}

/** The scope of the profile whose credentials are needed: with `--source-profile`, that one. */
function scopeOfProfile({ options, ...inputs }: PlanInputs): Scope {
  const { sourceProfile, region, endpointUrl, caBundle } = options;
  const chosen = { ...inputs, options: { profile: sourceProfile ?? options.profile, region, endpointUrl, caBundle } };
  const name = namedProfile(chosen.options.profile, inputs.environment);
  const scope = scopeIfDefined(chosen);
  if (scope !== undefined || name === undefined) return scope ?? withoutProfile(chosen);
  return { ...withoutProfile(chosen), profileName: name, profileIsExplicit: true };
}

/** @returns undefined if the named profile does not exist. */
function scopeIfDefined(inputs: PlanInputs): Scope | undefined {
  try {
    return chooseProfile(inputs);
  } catch (error) {
    if (error instanceof RolecallError && error.code === "profile-not-found") return undefined;
    throw error;
  }
}
