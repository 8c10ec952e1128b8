/** What a plan is made from, and how a setting is looked up in it: option, then variable, then the chosen profile. */
import type { Settings } from "../config/settings.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { invalidValue, invalidValueCode, RolecallError } from "../domain/errors.ts";
import { checkAwsFiles } from "../domain/help_texts.ts";
import { describeOrigin, highestPrecedence, type Sourced, withValue } from "../domain/origin.ts";
import { nearest } from "../text/suggest.ts";
import type { SessionOptions } from "./roles/session.ts";

/** The options that choose credentials, as cli.md lists them; each says whether it was an option or its variable. */
export interface CredentialOptions extends SessionOptions {
  readonly profile?: Sourced<string> | undefined;
  readonly roleArn?: Sourced<string> | undefined;
  /** Roles to assume before the one of `roleArn`, in order. */
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
  /** rolecall's own, where there are any. */
  readonly settings?: Settings | undefined;
  /** False: errors do not say which profile may have been meant. To find it takes a look at every name. */
  readonly suggests?: boolean;
}

/** The inputs, with the profile chosen. */
export interface Scope extends PlanInputs {
  /** The profile's name, also where it is defined nowhere (`default`). */
  readonly profileName: Sourced<string>;
  readonly profile: Profile | undefined;
  /** Whether the profile was given as an option: then it wins over keys in the environment. */
  readonly profileIsExplicit: boolean;
}

/**
 * The profile that was named: `--profile`, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`. This is the AWS CLI's order; botocore
 * alone reads the two variables the other way round.
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
 * Chooses the profile: the one that was named, else `default`.
 *
 * @throws RolecallError `profile-not-found` when a profile was named and is in neither file, whatever else could give
 * credentials. A missing `default` that nobody named is no error.
 */
export function chooseProfile(inputs: PlanInputs): Scope {
  const named = namedProfile(inputs.options.profile, inputs.environment);
  const profileName = named ?? { value: "default", from: { default: "no profile was named" } };
  const profile = inputs.config.profiles.get(profileName.value);
  if (named !== undefined && profile === undefined) throw profileNotFound(named, inputs.config);
  return { ...inputs, profileName, profile, profileIsExplicit: inputs.options.profile !== undefined };
}

/** The inputs without the profile's settings: for whoever has to go on where it cannot be found, or not be read. */
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

/** What may have been meant by the name of a profile that does not exist; the place of a near one included. */
export function profileHints(name: string, config: SharedConfig): string[] {
  const bare = config.unknownSections.find((section) => section.name.trim() === name);
  if (bare !== undefined) {
    const place = describeOrigin(bare.from);
    return [`in the config file a profile's section is called [profile ${name}], not [${bare.name}] (${place})`];
  }
  const guess = nearest(name, config.profiles.keys());
  const profile = guess === undefined ? undefined : config.profiles.get(guess);
  return profile === undefined ? [] : [`did you mean "${profile.name}" (${describeOrigin(profile.from)})?`];
}

/** A setting's names: its variables in order of preference, and its key in a profile. */
export interface SettingNames {
  /** What the option said: it wins. */
  readonly option?: Sourced<string> | undefined;
  readonly variables?: readonly string[];
  readonly key?: string;
}

/** The option, then the first that is set of the variables, then the chosen profile's key. */
export function lookUp(scope: Scope, names: SettingNames): Sourced<string> | undefined {
  return highestPrecedence(
    names.option,
    ...(names.variables ?? []).map((name) => sourcedVariable(scope.environment, name)),
    names.key === undefined ? undefined : profileSetting(scope.profile, names.key),
  );
}

/** A profile's setting; where both files have it, the one that does not count is what it won against. */
export function profileSetting(profile: Profile | undefined, key: string): Sourced<string> | undefined {
  const setting = profile?.settings.get(key);
  const inFiles = [profile?.inCredentials, profile?.inConfig].map((section) => section?.settings.get(key));
  return highestPrecedence(setting, ...inFiles.filter((one) => one !== setting));
}

/** As `lookUp`, for a switch. As in botocore, `true` in any case is true and everything else is false. */
export function lookUpBoolean(scope: Scope, names: SettingNames): Sourced<boolean> {
  const found = lookUp(scope, names);
  return found === undefined ? builtInDefault(false) : withValue(found, found.value.toLowerCase() === "true");
}

/**
 * As `lookUp`, for a whole number of at least one.
 *
 * @throws RolecallError `invalid-setting` for anything else, as botocore raises for what `int()` refuses.
 */
export function lookUpInteger(scope: Scope, names: SettingNames, fallback: Sourced<number>): Sourced<number> {
  const found = lookUp(scope, names);
  if (found === undefined) return fallback;
  const text = found.value.trim();
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) {
    throw invalidValue("number", found, ["use a whole number of at least 1"]);
  }
  return withValue(found, Number(text));
}

/** What holds where nobody said anything. */
export function builtInDefault<T>(value: T): Sourced<T> {
  return { value, from: { default: "the built-in default" } };
}

/** A variable with its origin; an empty one counts as unset. */
export function sourcedVariable(environment: Environment, name: string): Sourced<string> | undefined {
  const value = variable(environment, name);
  return value === undefined ? undefined : { value, from: { variable: name } };
}

/**
 * A setting that must not be empty where it is given.
 *
 * @throws RolecallError `invalid-setting`. (botocore's parameter check refuses the same values, one call later.)
 */
export function requireNonEmpty(key: string, setting: Sourced<string> | undefined): Sourced<string> | undefined {
  if (setting?.value === "") {
    throw new RolecallError(invalidValueCode(setting.from), `${key} is empty`, { at: setting.from });
  }
  return setting;
}

/**
 * A region becomes part of a host name; as in botocore, one that cannot is refused before any call.
 *
 * @throws RolecallError `invalid-setting`.
 */
export function requireHostLabel(region: Sourced<string>): void {
  if (/^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/.test(region.value)) return;
  throw invalidValue("region", region, ["use a region name, such as eu-west-1"]);
}
