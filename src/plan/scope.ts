/** The inputs of a plan, and the lookup of a setting in them: option, then variable, then the chosen profile. */
import { profileByName } from "../config/moved_default.ts";
import type { Settings } from "../config/settings.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { invalidValue, invalidValueCode, RolecallError } from "../domain/errors.ts";
import { checkAwsFiles, didYouMeanName } from "../domain/help_texts.ts";
import { describeOrigin, highestPrecedence, type Sourced, withValue } from "../domain/origin.ts";
import { parsePythonInt } from "../text/python_int.ts";
import { nearest } from "../text/suggest.ts";
import { isHostLabel } from "../text/url.ts";
import { sectionWithoutPrefix } from "./hints.ts";
import type { SessionOptions } from "./roles/session.ts";

/** The values of the options that choose credentials. */
export interface CredentialOptions extends SessionOptions {
  readonly profile?: Sourced<string> | undefined;
  readonly roleArn?: Sourced<string> | undefined;
  /** ARNs of the roles to assume before `roleArn`, in order. */
  readonly via?: readonly Sourced<string>[] | undefined;
  readonly sourceProfile?: Sourced<string> | undefined;
  readonly credentialSource?: Sourced<string> | undefined;
  readonly externalId?: Sourced<string> | undefined;
  readonly roleSessionName?: Sourced<string> | undefined;
  readonly durationSeconds?: Sourced<string> | undefined;
  readonly mfaSerial?: Sourced<string> | undefined;
  readonly region?: Sourced<string> | undefined;
  readonly mfaProcess?: Sourced<string> | undefined;
  readonly mfaSession?: Sourced<string> | undefined;
  readonly mfaSessionDuration?: Sourced<string> | undefined;
  readonly endpointUrl?: Sourced<string> | undefined;
  readonly caBundle?: Sourced<string> | undefined;
}

export interface PlanInputs {
  readonly options: CredentialOptions;
  readonly environment: Environment;
  readonly config: SharedConfig;
  /** rolecall's own settings. Undefined if there is no settings file. */
  readonly settings?: Settings | undefined;
  /** Whether errors suggest a profile of a similar name (default: true). `check` limits this, because it is slow. */
  readonly suggests?: boolean;
  /** Whether the plan lists the settings that have no effect (default: true). Only `explain` shows them. */
  readonly listsIgnored?: boolean;
  /** For plans of many profiles with inputs that are otherwise the same: what they have in common. */
  readonly shared?: SharedResults | undefined;
}

/** Results by the function that computed them. */
export type SharedResults = Map<(scope: Scope) => unknown, unknown>;

/** The inputs, with the profile chosen. */
export interface Scope extends PlanInputs {
  /** The profile's name, even if neither file defines it (`default`). */
  readonly profileName: Sourced<string>;
  readonly profile: Profile | undefined;
  /** Whether the profile was given as an option. It then overrides keys in the environment. */
  readonly profileIsExplicit: boolean;
}

/**
 * The profile named by `--profile`, `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`. This is the AWS CLI's order of precedence;
 * botocore by itself reads `AWS_DEFAULT_PROFILE` first.
 */
export function namedProfile(
  option: Sourced<string> | undefined,
  environment: Environment,
): Sourced<string> | undefined {
  return highestPrecedence(
    option,
    sourcedVariable(environment, "AWS_PROFILE"),
    sourcedVariable(environment, "AWS_DEFAULT_PROFILE"),
  );
}

/**
 * Chooses the profile: the named one, else `default`.
 *
 * @throws RolecallError `profile-not-found` if a named profile is in neither file, even if another source has
 * credentials. It is not an error if no profile is named and `default` does not exist.
 */
export function chooseProfile(inputs: PlanInputs): Scope {
  const named = namedProfile(inputs.options.profile, inputs.environment);
  const profileName = named ?? { value: "default", from: { default: "no profile is named" } };
  const { profiles } = inputs.config;
  const profile = named === undefined ? profiles.get(profileName.value) : profileByName(profiles, named.value);
  if (named !== undefined && profile === undefined) throw profileNotFound(named, inputs.config);
  return { ...inputs, profileName, profile, profileIsExplicit: inputs.options.profile !== undefined };
}

/** The inputs without a profile, for callers that continue if the chosen one cannot be found or read. */
export function withoutProfile(inputs: PlanInputs): Scope {
  const profileName = { value: "default", from: { default: "the profile cannot be read" } };
  return { ...inputs, profileName, profile: undefined, profileIsExplicit: false };
}

function profileNotFound(named: Sourced<string>, config: SharedConfig): RolecallError {
  return new RolecallError("profile-not-found", `the profile "${named.value}" is not defined`, {
    at: named.from,
    help: [...profileHints(named.value, config), checkAwsFiles(config)],
  });
}

/** Help lines for a profile that does not exist: the similar name, with the position of its section. */
export function profileHints(name: string, config: SharedConfig): string[] {
  const bare = sectionWithoutPrefix(name, config);
  if (bare !== undefined) {
    return [`rename the section [${bare.name}] to [${bare.correctName}] (${describeOrigin(bare.from)})`];
  }
  const similar = nearest(name, config.profiles.keys());
  const profile = similar === undefined ? undefined : config.profiles.get(similar);
  return profile === undefined ? [] : [didYouMeanName(profile.name, describeOrigin(profile.from))];
}

/** The names of a setting: its variables in order of precedence, and its key in a profile. */
export interface SettingNames {
  /** The option's value. It overrides the others. */
  readonly option?: Sourced<string> | undefined;
  readonly variables?: readonly string[];
  readonly key?: string;
}

/** The value of a setting: the option, else the first variable that is set, else the chosen profile's key. */
export function lookUp(scope: Scope, { option, variables, key }: SettingNames): Sourced<string> | undefined {
  const setting = key === undefined ? undefined : profileSetting(scope.profile, key);
  const set = variables?.filter((name) => variable(scope.environment, name) !== undefined) ?? [];
  if (option === undefined && set.length === 0) return setting;
  return highestPrecedence(option, ...set.map((name) => sourcedVariable(scope.environment, name)), setting);
}

/**
 * The result of a function for the scope. Profiles that have none of the keys share one result.
 *
 * @param keys the keys of a profile that the function reads. It reads nothing else that differs between the scopes.
 */
export function sharedUnlessSet<T>(scope: Scope, keys: readonly string[], compute: (scope: Scope) => T): T {
  const { shared, profile } = scope;
  if (shared === undefined || keys.some((key) => profile?.settings.has(key))) return compute(scope);
  // The map has the results of this very function.
  if (shared.has(compute)) return shared.get(compute) as T;
  const result = compute({ ...scope, profile: undefined });
  shared.set(compute, result);
  return result;
}

/** A profile's setting. If both files have it, `overrides` has the other file's value. */
export function profileSetting(profile: Profile | undefined, key: string): Sourced<string> | undefined {
  const setting = profile?.settings.get(key);
  if (setting === undefined || profile === undefined) return undefined;
  const { inCredentials, inConfig } = profile;
  if (inCredentials === undefined || inConfig === undefined) return { value: setting.value, from: setting.from };
  const inFiles = [inCredentials.settings.get(key), inConfig.settings.get(key)];
  return highestPrecedence(setting, ...inFiles.filter((one) => one !== setting));
}

/** As `lookUp`, for a boolean. As in botocore, `true` in any case is true and everything else is false. */
export function lookUpBoolean(scope: Scope, names: SettingNames): Sourced<boolean> {
  const found = lookUp(scope, names);
  return found === undefined ? builtInDefault(false) : withValue(found, found.value.toLowerCase() === "true");
}

/**
 * As `lookUp`, for a whole number of at least 1.
 *
 * @throws RolecallError `invalid-setting` for any other text, as botocore raises an error if `int()` fails.
 */
export function lookUpInteger(scope: Scope, names: SettingNames, fallback: Sourced<number>): Sourced<number> {
  const found = lookUp(scope, names);
  if (found === undefined) return fallback;
  const number = parsePythonInt(found.value);
  if (number === undefined || number < 1 || number >= 1_000_000_000) {
    throw invalidValue("number", found, ["use a whole number of at least 1"]);
  }
  return withValue(found, number);
}

/** The value of a setting that is not set anywhere. */
export function builtInDefault<T>(value: T): Sourced<T> {
  return { value, from: { default: "the built-in default" } };
}

/** A variable with its origin. An empty variable counts as not set. */
export function sourcedVariable(environment: Environment, name: string): Sourced<string> | undefined {
  const value = variable(environment, name);
  return value === undefined ? undefined : { value, from: { variable: name } };
}

/**
 * Rejects a setting that is present and empty.
 *
 * @throws RolecallError `invalid-setting`. (botocore rejects the same values when it validates the request.)
 */
export function requireNonEmpty(key: string, setting: Sourced<string> | undefined): Sourced<string> | undefined {
  if (setting?.value === "") {
    throw new RolecallError(invalidValueCode(setting.from), `${key} is empty`, { at: setting.from });
  }
  return setting;
}

/**
 * Rejects a region that cannot be part of a host name, as botocore's `validate_region_name` does before any call.
 *
 * @throws RolecallError `invalid-setting` or `invalid-option`.
 */
export function requireHostLabel(region: Sourced<string>): void {
  if (isHostLabel(region.value)) return;
  throw invalidValue("region", region, ["use a region name, such as eu-west-1"]);
}
