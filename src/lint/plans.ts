/**
 * Whether every profile, and every role of rolecall's own settings, yields a plan. The rules are those of `src/plan`, and
 * its errors are the findings; there is no second copy of them.
 */
import type { Settings } from "../config/settings.ts";
import type { FileSection, Profile, Setting, SharedConfig } from "../config/shared_config.ts";
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Origin } from "../domain/origin.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { Plan } from "../plan/plan.ts";
import { withSettingsRole } from "../plan/roles/settings_role.ts";
import type { CredentialOptions, PlanInputs } from "../plan/scope.ts";
import { CREDENTIAL_SOURCES } from "../plan/sources/credential_source.ts";
import { editDistance } from "../text/suggest.ts";
import { checkChains } from "./chains.ts";
import { type Finding, type Fix, findingOf } from "./finding.ts";
import { PROFILE_KEYS } from "./known_keys.ts";

/**
 * The files are judged, not the machine: whatever source they name is there. (The profile is given as an option, so none
 * of these is used unless the files name it.)
 */
const EVERYWHERE: Environment = {
  AWS_ACCESS_KEY_ID: "-",
  AWS_SECRET_ACCESS_KEY: "-",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/",
};

/** Errors that suggest a similar profile name. Each suggestion compares all names, so the number is limited. */
const MAX_ERRORS_WITH_SUGGESTIONS = 100;

/** Settings that mean one thing together: where one is wrong, the plan is not asked about the others either. */
const TOGETHER = [
  ["role_arn", "source_profile", "credential_source"],
  ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"],
  // With a role: its source is the profile itself.
  ["aws_access_key_id", "aws_secret_access_key", "role_arn", "source_profile"],
];

export interface Plans {
  /** By profile; none for one that cannot be used as it stands, or that has too long a chain. */
  readonly plans: ReadonlyMap<string, Plan>;
  /** By role of rolecall's own settings. */
  readonly rolePlans: ReadonlyMap<string, Plan>;
  readonly usable: Usable;
  readonly findings: readonly Finding[];
}

/** What works as it stands, be it only as the source of another profile's role; or may, for all that is known. */
export interface Usable {
  readonly profiles: ReadonlySet<string>;
  readonly ssoSessions: ReadonlySet<string>;
}

/** Makes the plan of each profile and of each role, and finds out all that is wrong with them. */
export function planAll(config: SharedConfig, settings: Settings | undefined): Plans {
  const { tooLong, cycles, findings: chainFindings } = checkChains(config);
  const findings = [...chainFindings];
  // A copy, in which one profile at a time is replaced by what is left of it without its wrong settings.
  const profiles = new Map(config.profiles);
  const view = { ...config, profiles };
  let errors = 0;
  const plan = (options: CredentialOptions): Plan | RolecallError => {
    const suggests = errors < MAX_ERRORS_WITH_SUGGESTIONS;
    const planned = tryPlan({ options, environment: EVERYWHERE, config: view, settings, suggests });
    if (planned instanceof RolecallError) errors++;
    return planned;
  };

  const plans = new Map<string, Plan>();
  const toldCircles = new Set<string>();
  for (const profile of config.profiles.values()) {
    if (tooLong.has(profile.name)) continue;
    const options = { profile: { value: profile.name, from: { option: "--profile" } } };
    const { planned, refusals } = planOrRefusals(profile, (left) => {
      profiles.set(profile.name, left);
      return plan(options);
    });
    profiles.set(profile.name, profile);
    if (planned !== undefined) plans.set(profile.name, planned);
    for (const { error, left } of refusals) {
      const circle = error.code === "source-profile-loop" ? cycles.get(profile.name) : undefined;
      // A circle is told of once, not for each of its profiles.
      if (circle !== undefined && toldCircles.has(circle)) continue;
      if (circle !== undefined) toldCircles.add(circle);
      findings.push(findingOf(error, config.configFile, spellingFix(error, left)));
    }
  }

  const rolePlans = new Map<string, Plan>();
  for (const [name, role] of settings?.roles ?? []) {
    const planned = plan(withSettingsRole({}, { value: name, from: role.from }, settings));
    if (planned instanceof RolecallError) findings.push(findingOf(planned, role.from.file));
    else rolePlans.set(name, planned);
  }
  return { plans, rolePlans, usable: usableOf([...plans.values(), ...rolePlans.values()], tooLong), findings };
}

interface PlannedProfile {
  /** None where anything was refused. */
  readonly planned: Plan | undefined;
  /** Each with what was left of the profile then. */
  readonly refusals: readonly { readonly error: RolecallError; readonly left: Profile }[];
}

/** A plan ends with its first error; so it is asked again without what was wrong, until nothing is. */
function planOrRefusals(profile: Profile, plan: (left: Profile) => Plan | RolecallError): PlannedProfile {
  const refusals: PlannedProfile["refusals"][number][] = [];
  let left: Profile | undefined = profile;
  while (left !== undefined) {
    const planned = plan(left);
    if (!(planned instanceof RolecallError)) return { planned: refusals.length === 0 ? planned : undefined, refusals };
    refusals.push({ error: planned, left });
    left = withoutWrong(left, planned);
  }
  return { planned: undefined, refusals };
}

function usableOf(plans: readonly Plan[], unknown: ReadonlySet<string>): Usable {
  const profiles = new Set(unknown);
  const ssoSessions = new Set<string>();
  for (const { profile, source, roles } of plans) {
    if (profile !== undefined) profiles.add(profile.value);
    if ("profile" in source) profiles.add(source.profile);
    if (source.kind === "sso" && source.session !== undefined) ssoSessions.add(source.session.value);
    for (const role of roles) if (role.profile !== undefined) profiles.add(role.profile);
  }
  return { profiles, ssoSessions };
}

function tryPlan(inputs: PlanInputs): Plan | RolecallError {
  try {
    return makePlan(inputs).plan;
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}

/**
 * The profile without the settings that the error is about, so that the plan can be asked what else is wrong. Where it is
 * about another profile, or a section, it is what leads there that is taken away.
 *
 * @returns undefined where nothing is left to take.
 */
function withoutWrong(profile: Profile, error: RolecallError): Profile | undefined {
  const wrong = PROFILE_KEYS.find((key) => isAt(profile.settings.get(key), error.at));
  if (wrong === undefined) {
    const leading = [TOGETHER[0], ["services"], TOGETHER[1]].find((keys) =>
      keys?.some((key) => profile.settings.has(key)),
    );
    return leading === undefined ? undefined : without(profile, leading);
  }
  if (error.code === "role-with-two-sources") return without(profile, [wrong]);
  return without(profile, TOGETHER.find((keys) => keys.includes(wrong)) ?? [wrong]);
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

/** Only the keys that the plan may ask for are copied: a section may have any number of others. */
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

/** Mending the name is safe: the profile fails with it, and a source's name is mistaken for no other's. */
function spellingFix(error: RolecallError, profile: Profile): Fix | undefined {
  const named = profile.settings.get("credential_source");
  if (error.code !== "unknown-credential-source" || named === undefined || !isAt(named, error.at)) return undefined;
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, "");
  const meant = CREDENTIAL_SOURCES.find((name) => editDistance(plain(name), plain(named.value)) <= 1);
  // A name of several lines has more wrong with it than its spelling.
  if (meant === undefined || named.value.includes("\n")) return undefined;
  return {
    kind: "edit",
    edits: [{ at: named.from, old: named.value, replacement: meant }],
    result: `credential_source is now ${meant}`,
  };
}
