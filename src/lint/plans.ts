/**
 * Plans every profile, and every role of rolecall's own settings. The errors of `src/plan` are the findings, so that
 * `check` has no second copy of the rules.
 */
import type { Settings } from "../config/settings.ts";
import type { FileSection, Profile, Setting, SharedConfig } from "../config/shared_config.ts";
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Origin } from "../domain/origin.ts";
import { makePlan, makeSimilarPlan, type Planned } from "../plan/make_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { withSettingsRole } from "../plan/roles/settings_role.ts";
import { type CredentialOptions, type PlanInputs, requireHostLabel, type SharedResults } from "../plan/scope.ts";
import { similarSettings } from "../plan/similar_profiles.ts";
import { CREDENTIAL_SOURCES } from "../plan/sources/credential_source.ts";
import { editDistance } from "../text/suggest.ts";
import { checkChains } from "./chains.ts";
import { type Finding, type Fix, findingOf } from "./finding.ts";
import { PROFILE_KEYS } from "./known_keys.ts";

/**
 * Every source that `credential_source` can name is available, because `check` judges the files and not the machine. The
 * profile is given as an option, so the plan uses none of these unless the files name it.
 */
const ALL_SOURCES: Environment = {
  AWS_ACCESS_KEY_ID: "-",
  AWS_SECRET_ACCESS_KEY: "-",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/",
};

/** Errors that suggest a similar profile name. Each suggestion compares all names, so the number is limited. */
const MAX_ERRORS_WITH_SUGGESTIONS = 100;

const ROLE_SETTINGS = ["role_arn", "source_profile", "credential_source"];
const SSO_SETTINGS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];

/** Settings that belong together. If one of them is wrong, the profile is planned again without all of them. */
const SETTING_GROUPS = [
  ROLE_SETTINGS,
  SSO_SETTINGS,
  // role_arn is in this group because the keys may be the source of the role.
  ["aws_access_key_id", "aws_secret_access_key", "role_arn", "source_profile"],
];

export interface Plans {
  /** By name of the profile. A profile with an error, or with too long a chain, has none. */
  readonly plans: ReadonlyMap<string, Plan>;
  /** By name of the role in rolecall's own settings. */
  readonly rolePlans: ReadonlyMap<string, Plan>;
  readonly usable: Usable;
  readonly findings: readonly Finding[];
}

/** What works without a fix, or may work: a profile may be usable only as the source of another profile's role. */
export interface Usable {
  readonly profiles: ReadonlySet<string>;
  readonly ssoSessions: ReadonlySet<string>;
}

/** Plans each profile and each role, and collects all their errors. */
export function planAll(config: SharedConfig, settings: Settings | undefined): Plans {
  const { tooLong, cycles, findings: chainFindings } = checkChains(config);
  const findings = [...chainFindings];
  // A copy, in which one profile at a time is replaced by itself without its wrong settings.
  const profiles = new Map(config.profiles);
  const view = { ...config, profiles };
  let errors = 0;
  const plan = (options: CredentialOptions, shared?: SharedResults): Planned | RolecallError => {
    const suggests = errors < MAX_ERRORS_WITH_SUGGESTIONS;
    const inputs = { environment: ALL_SOURCES, config: view, settings, suggests, listsIgnored: false, shared };
    const planned = tryPlan({ ...inputs, options });
    if (planned instanceof RolecallError) errors++;
    return planned;
  };

  const plans = new Map<string, Plan>();
  const shared: SharedResults = new Map();
  const reportedCycles = new Set<string>();
  const firstBySettings = new Map<string, Planned>();
  for (const profile of config.profiles.values()) {
    if (tooLong.has(profile.name)) continue;
    const settingsText = profile.settings.has("role_arn") ? similarSettings(profile, config) : undefined;
    const similar = settingsText === undefined ? undefined : firstBySettings.get(settingsText);
    if (similar !== undefined) {
      plans.set(profile.name, makeSimilarPlan(similar, profile));
      continue;
    }
    const options = { profile: { value: profile.name, from: { option: "--profile" } } };
    const { planned, problems } = planOrProblems(profile, (remaining) => {
      profiles.set(profile.name, remaining);
      return plan(options, shared);
    });
    profiles.set(profile.name, profile);
    if (planned !== undefined) plans.set(profile.name, planned.plan);
    if (planned !== undefined && settingsText !== undefined) firstBySettings.set(settingsText, planned);
    for (const { error, remaining } of problems) {
      const cycle = error.code === "source-profile-loop" ? cycles.get(profile.name) : undefined;
      // A cycle is reported once, not for each of its profiles.
      if (cycle !== undefined && reportedCycles.has(cycle)) continue;
      if (cycle !== undefined) reportedCycles.add(cycle);
      findings.push(findingOf(error, config.configFile, spellingFix(error, remaining)));
    }
  }

  const rolePlans = new Map<string, Plan>();
  for (const [name, role] of settings?.roles ?? []) {
    const planned = plan(withSettingsRole({}, { value: name, from: role.from }, settings));
    if (planned instanceof RolecallError) findings.push(findingOf(planned, role.from.file));
    else rolePlans.set(name, planned.plan);
  }
  return { plans, rolePlans, usable: usableOf([...plans.values(), ...rolePlans.values()], tooLong), findings };
}

interface PlannedProfile {
  /** Undefined if there was any error. */
  readonly planned: Planned | undefined;
  /** Each error, with the settings of the profile that remained when it occurred. */
  readonly problems: readonly { readonly error: RolecallError; readonly remaining: Profile }[];
}

/** Planning stops at the first error, so the profile is planned again without the wrong settings until none is left. */
function planOrProblems(profile: Profile, plan: (remaining: Profile) => Planned | RolecallError): PlannedProfile {
  const problems: PlannedProfile["problems"][number][] = [];
  let remaining: Profile | undefined = profile;
  while (remaining !== undefined) {
    const planned = plan(remaining);
    if (!(planned instanceof RolecallError)) return { planned: problems.length === 0 ? planned : undefined, problems };
    problems.push({ error: planned, remaining });
    remaining = withoutWrong(remaining, planned);
  }
  return { planned: undefined, problems };
}

/** @param unplanned the profiles that were not planned, which may be usable. */
function usableOf(plans: readonly Plan[], unplanned: ReadonlySet<string>): Usable {
  const profiles = new Set(unplanned);
  const ssoSessions = new Set<string>();
  for (const { profile, source, roles } of plans) {
    if (profile !== undefined) profiles.add(profile.value);
    if ("profile" in source) profiles.add(source.profile);
    if (source.kind === "sso" && source.session !== undefined) ssoSessions.add(source.session.value);
    for (const role of roles) if (role.profile !== undefined) profiles.add(role.profile);
  }
  return { profiles, ssoSessions };
}

function tryPlan(inputs: PlanInputs): Planned | RolecallError {
  try {
    const planned = makePlan(inputs);
    const { region } = planned.plan;
    // A command that does not use the region accepts any.
    if (region !== undefined) requireHostLabel(region);
    return planned;
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}

/**
 * The profile without the settings that the error is about, so that planning it again finds the next error. If the error
 * is about another profile or section, the settings that lead there are removed.
 *
 * @returns undefined if nothing is left to remove.
 */
function withoutWrong(profile: Profile, error: RolecallError): Profile | undefined {
  const wrong = PROFILE_KEYS.find((key) => isAt(profile.settings.get(key), error.at));
  if (wrong === undefined) {
    const references = [ROLE_SETTINGS, ["services"], SSO_SETTINGS].find((keys) =>
      keys.some((key) => profile.settings.has(key)),
    );
    return references === undefined ? undefined : without(profile, references);
  }
  if (error.code === "role-with-two-sources") return without(profile, [wrong]);
  return without(profile, SETTING_GROUPS.find((keys) => keys.includes(wrong)) ?? [wrong]);
}

function isAt(setting: Setting | undefined, at: Origin | undefined): boolean {
  if (setting === undefined || at === undefined || !("file" in at)) return false;
  const { from } = setting;
  return from.file === at.file && from.line === at.line && from.column === at.column;
}

function without(profile: Profile, keys: readonly string[]): Profile {
  const section = (from: FileSection | undefined) =>
    from && { ...from, settings: settingsWithout(from.settings, keys) };
  return {
    ...profile,
    settings: settingsWithout(profile.settings, keys),
    inConfig: section(profile.inConfig),
    inCredentials: section(profile.inCredentials),
  };
}

/** Copies only the keys that the plan may read, because a section may have any number of others. */
function settingsWithout(
  settings: ReadonlyMap<string, Setting>,
  keys: readonly string[],
): ReadonlyMap<string, Setting> {
  return new Map(
    PROFILE_KEYS.flatMap((key) => {
      const setting = keys.includes(key) ? undefined : settings.get(key);
      return setting === undefined ? [] : [[key, setting] as const];
    }),
  );
}

/** The fix is safe: the profile does not work with the wrong name, and no two names of sources are similar. */
function spellingFix(error: RolecallError, profile: Profile): Fix | undefined {
  const named = profile.settings.get("credential_source");
  if (error.code !== "unknown-credential-source" || named === undefined || !isAt(named, error.at)) return undefined;
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, "");
  const meant = CREDENTIAL_SOURCES.find((name) => editDistance(plain(name), plain(named.value)) <= 1);
  // A value of several lines is more than a misspelled name.
  if (meant === undefined || named.value.includes("\n")) return undefined;
  return {
    kind: "edit",
    edits: [{ at: named.from, old: named.value, replacement: meant }],
    result: `changed credential_source to ${meant}`,
  };
}
