/** Summaries of profiles: the kind of each, as its plan decides, independent of the environment. */
import type { RoleSettings, Settings } from "../config/settings.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type ErrorCode, RolecallError } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import { hasStaticKeys, planChain } from "./chain.ts";
import { chainDepths, sourceProfileOf } from "./chain_depths.ts";
import { makePlan } from "./make_plan.ts";
import type { Plan, SourceStep } from "./plan.ts";
import { withSettingsRole } from "./roles/settings_role.ts";
import { type CredentialOptions, type SharedResults, withoutProfile } from "./scope.ts";
import { similarSettings } from "./similar_profiles.ts";

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

type KindAndError = Pick<ProfileSummary, "kind" | "error">;

/** The longest chain that is planned in full for each of its profiles. Longer ones would take quadratic time. */
const MAX_PLANNED_CHAIN = 20;

/** The summaries of the profiles in the two AWS files, in the order of the files. */
export function summarizeProfiles(config: SharedConfig): ProfileSummary[] {
  const kinds = kindsOf(config);
  return [...config.profiles.values()].map((profile) =>
    summarizeProfile(profile, kinds.get(profile.name) ?? { kind: "none" }),
  );
}

function summarizeProfile({ name, settings, from }: Profile, kind: KindAndError): ProfileSummary {
  const setting = (key: string) => settings.get(key)?.value || undefined;
  return {
    name,
    ...kind,
    roleArn: setting("role_arn"),
    sourceProfile: setting("source_profile"),
    credentialSource: setting("credential_source"),
    region: setting("region"),
    from,
  };
}

/** Plans each profile. In a long chain, the errors of each source profile are found once and reused. */
function kindsOf(config: SharedConfig): ReadonlyMap<string, KindAndError> {
  const { depths, cycles } = chainDepths(config);
  const depthOf = ({ name }: Profile) => depths.get(name) ?? 0;
  const kinds = new Map<string, KindAndError>();
  const errorsAsSource = new Map<string, KindAndError["error"]>();
  const shared: SharedResults = new Map();
  const kindsBySettings = new Map<string, KindAndError>();
  const inLongChain: Profile[] = [];
  for (const profile of config.profiles.values()) {
    if (depthOf(profile) > MAX_PLANNED_CHAIN) {
      inLongChain.push(profile);
      continue;
    }
    const key = similarSettings(profile, config);
    const kind = kindsBySettings.get(key ?? "") ?? kindOf(chosenProfile(profile), config, shared);
    // The message of an error may name the profile.
    if (key !== undefined && kind.error === undefined) kindsBySettings.set(key, kind);
    kinds.set(profile.name, kind);
  }
  if (inLongChain.length === 0) return kinds;
  // A copy, in which one source profile at a time is replaced.
  const profiles = new Map(config.profiles);
  const view = { ...config, profiles };
  for (const profile of inLongChain.sort((a, b) => depthOf(a) - depthOf(b))) {
    const { name } = profile;
    const chosen = chosenProfile(profile);
    const source = sourceProfileOf(profile);
    const known = cycles.get(name) ?? source;
    if (source === undefined || known === undefined || known === name) {
      kinds.set(name, kindOf(chosen, view, shared));
      continue;
    }
    if (!errorsAsSource.has(known)) errorsAsSource.set(known, errorAsSource(known, view));
    const errorOfSource = errorsAsSource.get(known);
    const replaced = profiles.get(source);
    profiles.set(source, { ...SOME_ROLE, name: source });
    const own = kindOf(chosen, view, shared);
    const ownAsSource = errorAsSource(name, view);
    if (replaced !== undefined) profiles.set(source, replaced);
    kinds.set(
      name,
      own.error !== undefined || errorOfSource === undefined ? own : { kind: "broken", error: errorOfSource },
    );
    errorsAsSource.set(name, hasStaticKeys(profile) ? ownAsSource : (ownAsSource ?? errorOfSource));
  }
  return kinds;
}

function chosenProfile({ name }: Profile): CredentialOptions {
  return { profile: { value: name, from: { option: "--profile" } } };
}

/** Why no plan can be made for a role whose `source_profile` is this profile. */
function errorAsSource(name: string, config: SharedConfig): KindAndError["error"] {
  const from = { option: "--source-profile" };
  const options = { roleArn: { value: ANY_ROLE, from }, sourceProfile: { value: name, from } };
  return errorOf(() =>
    planChain(withoutProfile({ options, environment: {}, config, suggests: false, listsIgnored: false })),
  );
}

function errorOf(plan: () => unknown): KindAndError["error"] {
  try {
    plan();
    return undefined;
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    // The profile is valid; only this environment lacks the credentials that credential_source names.
    return error.code === "credential-source-empty" ? undefined : { code: error.code, message: error.message };
  }
}

const ANY_ROLE = "arn:aws:iam::123456789012:role/any";

/** Replaces a source profile, so that planning finds only the errors of the profile itself. */
const SOME_ROLE: Omit<Profile, "name"> = (() => {
  const from = { file: "", line: 0, column: 0 };
  const settings = new Map(
    ["role_arn", "web_identity_token_file"].map((key) => [key, { value: ANY_ROLE, from }] as const),
  );
  return { settings, inConfig: undefined, inCredentials: undefined, from };
})();

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
function kindOf(options: CredentialOptions, config: SharedConfig, shared?: SharedResults): KindAndError {
  let plan: Plan | undefined;
  const error = errorOf(() => {
    // The summary shows no suggestions, and finding each one would compare all names.
    ({ plan } = makePlan({ options, environment: {}, config, suggests: false, listsIgnored: false, shared }));
  });
  if (error !== undefined) return { kind: "broken", error };
  // Without a plan and without an error, credential_source names a source that this environment lacks.
  return { kind: plan === undefined ? "role" : kindOfPlan(plan) };
}

function kindOfPlan({ source, roles }: Plan): ProfileKind {
  return roles.length > 0 ? "role" : KINDS[source.kind];
}

/** The last three are fallbacks of the chain: the profile itself has no credentials. */
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
