/**
 * The AWS CLI's credential chain: the order of the sources, and the problems that end the search with an error. The
 * order is that of the providers in botocore's `create_credential_resolver`.
 */
import { profileByName } from "../config/moved_default.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHOOSE_ROLE, RUN_PROBE } from "../domain/help_texts.ts";
import { type Sourced, shortOrigin } from "../domain/origin.ts";
import { noContainer, noEc2, noEnvironmentKeys, noProfileSource, noWebIdentity } from "./absence.ts";
import { type Candidate, firstChain, sourceOnly, sourceOnlyIfPresent } from "./candidates.ts";
import { swallowedKeys, uselessSettings } from "./hints.ts";
import {
  ignoredBecause,
  ignoredSettings,
  KEYS_IGNORED_BY_WEB_IDENTITY,
  PROFILE_BY_OPTION,
  presentKeys,
  presentVariables,
} from "./ignored.ts";
import type { AssumeRoleStep, Chain, Ec2Settings, Ignored } from "./plan.ts";
import { validateChainedDurations } from "./roles/chained.ts";
import { optionRole, profileRole } from "./roles/role.ts";
import { firstSessionOption } from "./roles/session.ts";
import { type CredentialOptions, profileHints, type Scope } from "./scope.ts";
import { CONTAINER_VARIABLES } from "./sources/container.ts";
import { containerChain, credentialSourceChain } from "./sources/credential_source.ts";
import { ec2Disabled, ec2Settings, implicitEc2 } from "./sources/ec2.ts";
import { environmentKeys } from "./sources/environment_keys.ts";
import { loginSession } from "./sources/login.ts";
import { credentialProcess } from "./sources/process.ts";
import { ssoRole } from "./sources/sso.ts";
import { staticKeys } from "./sources/static_keys.ts";
import { webIdentity } from "./sources/web_identity.ts";

/**
 * The source and the roles that the options, the environment and the chosen profile select.
 *
 * @throws RolecallError for every problem that ends the AWS CLI's search with an error, and `no-credentials` if no
 * source in the chain has credentials. (Whether the EC2 metadata has credentials is known only after the request.)
 */
export function planChain(scope: Scope): Chain {
  const chain = chainOf(scope);
  validateChainedDurations(chain);
  return chain;
}

function chainOf(scope: Scope): Chain {
  const search: Search = { scope, ec2: ec2Settings(scope) };
  const { roleArn, sourceProfile, credentialSource } = scope.options;

  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw "file" in credentialSource.from
      ? new RolecallError("role-with-two-sources", "the role has both source_profile and credential_source", {
          at: credentialSource.from,
          help: ["keep one of them"],
        })
      : new RolecallError("option-conflict", "--source-profile and --credential-source exclude each other", {
          at: credentialSource.from,
        });
  }
  if (roleArn === undefined) {
    if (sourceProfile !== undefined) {
      throw new RolecallError("option-conflict", "--source-profile needs --role-arn", {
        at: sourceProfile.from,
        help: ["use --profile to use the profile itself, without assuming a role"],
      });
    }
    const chain = chosenChain(search);
    rejectUnusedRoleOptions(scope.options, chain);
    return chain;
  }
  const source = sourceOfOptionRole(search);
  const { via = [], ...options } = scope.options;
  // The source belongs to the first role. The other settings belong to the last.
  const sourceOptions = { sourceProfile, credentialSource };
  const otherOptions = { ...options, sourceProfile: undefined, credentialSource: undefined };
  return {
    ...source,
    roles: [
      ...source.roles,
      ...via.map((arn, index) => optionRole(arn, index === 0 ? sourceOptions : {}, scope.config)),
      optionRole(roleArn, via.length === 0 ? options : otherOptions, scope.config),
    ],
  };
}

/** What every function of the search needs. */
interface Search {
  readonly scope: Scope;
  readonly ec2: Ec2Settings;
}

/** The chain whose credentials assume `--role-arn`: the one that the other options choose. */
function sourceOfOptionRole(search: Search): Chain {
  const { sourceProfile, credentialSource } = search.scope.options;
  if (credentialSource !== undefined) return credentialSourceChain(search.scope, search.ec2, credentialSource);
  if (sourceProfile !== undefined) return sourceProfileChain(search, sourceProfile);
  // The options that describe a role apply to --role-arn, not to the profile's role.
  return defaultChain({ ...search, scope: { ...search.scope, options: {} } });
}

/** The chain without `--role-arn`. `--credential-source` then overrides the source of the profile's role. */
function chosenChain(search: Search): Chain {
  const { scope } = search;
  const named = scope.options.credentialSource;
  if (named === undefined) return defaultChain(search);
  const source = credentialSourceChain(search.scope, search.ec2, named);
  const profile = scope.profile;
  const overridden = presentKeys(profile, "source_profile");
  return {
    ...source,
    roles: hasRole(profile) ? [profileRole(profile, scope.options, scope.config)] : [],
    ignored: [...source.ignored, ...ignoredBecause("--credential-source overrides it", overridden)],
  };
}

/** @throws RolecallError `option-conflict` for an option that describes a role, if the chain has no role. */
function rejectUnusedRoleOptions(options: CredentialOptions, chain: Chain): void {
  const { externalId, roleSessionName, durationSeconds, mfaSerial, mfaProcess } = options;
  // An MFA session needs a device even if no role is assumed.
  const mfa = options.mfaSession === undefined ? (mfaSerial ?? mfaProcess) : undefined;
  const roleOption = externalId ?? roleSessionName ?? durationSeconds ?? mfa ?? firstSessionOption(options);
  if (roleOption === undefined || chain.roles.length > 0) return;
  const { from } = roleOption;
  throw new RolecallError("option-conflict", `${shortOrigin(from)} has no effect, because no role is assumed`, {
    at: from,
    help: [CHOOSE_ROLE],
  });
}

/**
 * The chain of the chosen profile alone, without the sources that would take precedence over it.
 *
 * @returns undefined if the profile has no credentials.
 * @throws RolecallError as `planChain`.
 */
export function chainOfProfile(scope: Scope): Chain | undefined {
  // As if --profile had named it, so that the variables of a web identity are ignored.
  const search = { scope: { ...scope, profileIsExplicit: true }, ec2: ec2Settings(scope) };
  for (const { find } of chosenProfileCandidates(search)) {
    const chain = find();
    if (chain !== undefined) return chain;
  }
  return undefined;
}

/** The AWS CLI's chain, in its order. */
function defaultChain(search: Search): Chain {
  const { environment, profileIsExplicit, listsIgnored } = search.scope;
  const absent = absenceLines(search.scope);
  // With --profile, no source is tried before the profile.
  const beforeProfile = profileIsExplicit ? [] : [absent.environment];
  const beforeContainer = [absent.environment, absent.files, absent.webIdentity];
  // A generator, because most chains are found before the last candidates are made.
  function* candidates(): Generator<Candidate> {
    yield {
      precedenceReason: "keys in the environment take precedence",
      settings: () => presentVariables(environment, "AWS_ACCESS_KEY_ID"),
      excluded: profileIsExplicit ? PROFILE_BY_OPTION : undefined,
      find: () => sourceOnlyIfPresent(environmentKeys(environment, "AWS_ACCESS_KEY_ID")),
    };
    for (const candidate of chosenProfileCandidates(search)) {
      yield { ...candidate, find: () => withPassedOver(beforeProfile, candidate.find()) };
    }
    yield {
      precedenceReason: "the container's credentials take precedence",
      settings: () => presentVariables(environment, ...CONTAINER_VARIABLES).slice(0, 1),
      find: () => withPassedOver(beforeContainer, containerChain(environment)),
    };
  }
  const chain = firstChain(candidates(), listsIgnored, () =>
    withPassedOver([...beforeContainer, absent.container], lastResort(search)),
  );
  return listsIgnored === false ? chain : { ...chain, ignored: [...chain.ignored, ...ignoredSettings(search.scope)] };
}

/** The candidates in the chosen profile: its role, then its own sources. */
function* chosenProfileCandidates(search: Search): Generator<Candidate> {
  const { profile, environment, profileIsExplicit, options } = search.scope;
  yield {
    precedenceReason: "the profile's role takes precedence",
    settings: () => presentKeys(profile, "role_arn"),
    find: () => (hasRole(profile) ? roleChain(search, profile, options) : undefined),
  };
  yield* profileCandidates(search, profile, profileIsExplicit ? {} : environment);
}

/** @param passedOver the lines of `Plan.passedOver`, which are made only for a chain that was found. */
function withPassedOver<Found extends Chain | undefined>(passedOver: readonly (() => string)[], chain: Found): Found {
  return chain === undefined || passedOver.length === 0
    ? chain
    : { ...chain, passedOver: passedOver.map((line) => line()) };
}

/**
 * Whether the profile's role is assumed with other credentials. With a web identity token file it is assumed with the
 * token instead, and is a source.
 */
function hasRole(profile: Profile | undefined): profile is Profile {
  return profile?.settings.has("role_arn") === true && !profile.settings.has("web_identity_token_file");
}

/** The roles found so far. The search starts at the chosen profile, so the role that is assumed last is first. */
interface Path {
  readonly roles: AssumeRoleStep[];
  readonly ignored: Ignored[][];
  /** The names of the profiles with these roles. */
  readonly visited: Set<string>;
}

function newPath(): Path {
  return { roles: [], ignored: [], visited: new Set() };
}

/** The chain of a profile with `role_arn`. */
function roleChain(search: Search, profile: Profile, overrides: CredentialOptions): Chain {
  const path = newPath();
  path.roles.push(profileRole(profile, overrides, search.scope.config));
  path.visited.add(profile.name);
  const source = sourceOf(search, profile);
  return "named" in source ? sourceProfileChain(search, source.named, path) : withRoles(source.chain, path);
}

function withRoles(source: Chain, { roles, ignored }: Path): Chain {
  return {
    ...source,
    roles: [...source.roles, ...roles.reverse()],
    ignored: [...source.ignored, ...ignored.reverse().flat()],
  };
}

/** The credentials that assume a profile's role: a source, or a profile that `source_profile` names. */
function sourceOf(search: Search, profile: Profile): { readonly chain: Chain } | { readonly named: Sourced<string> } {
  const sourceProfile = profile.settings.get("source_profile");
  const credentialSource = profile.settings.get("credential_source");
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw new RolecallError(
      "role-with-two-sources",
      `the profile "${profile.name}" has both source_profile and credential_source`,
      {
        at: credentialSource.from,
        length: credentialSource.value.length,
        help: [`keep one of them (source_profile is at ${shortOrigin(sourceProfile.from)})`],
      },
    );
  }
  if (credentialSource !== undefined) {
    return { chain: credentialSourceChain(search.scope, search.ec2, credentialSource) };
  }
  if (sourceProfile !== undefined) return { named: sourceProfile };
  const roleArn = profile.settings.get("role_arn");
  throw new RolecallError(
    "role-without-source",
    `the profile "${profile.name}" has role_arn but neither source_profile nor credential_source`,
    {
      at: roleArn?.from ?? profile.from,
      length: roleArn?.value.length,
      help: [
        ...(ownSourceHelp(profile) ?? [
          ...swallowedKeys(profile, ["source_profile", "credential_source"]),
          "add source_profile = NAME, or credential_source = Ec2InstanceMetadata, EcsContainer or Environment",
        ]),
        "use --credential-source to choose a source for one command",
      ],
    },
  );
}

/** Help for a profile whose own credentials do not assume its role. */
function ownSourceHelp(profile: Profile): string[] | undefined {
  const { name, settings } = profile;
  if (hasStaticKeys(profile)) return [`add source_profile = ${name} to assume the role with the profile's own keys`];
  const key = ["credential_process", "login_session", "sso_account_id", "sso_role_name", "sso_session"].find((one) =>
    settings.has(one),
  );
  if (key === undefined) return undefined;
  const moved = key.startsWith("sso_") ? "the sso_ keys" : key;
  return [
    `move ${moved} to another profile, and set source_profile to its name: a role cannot use ${moved} of its own profile`,
  ];
}

/**
 * The chain of a profile that is the source of a role.
 *
 * A source profile with static keys is the end of the chain, even if it has `role_arn`: that role is *not* assumed. A
 * profile may therefore name itself if it has keys.
 *
 * Iterative, because a file can have so many profiles that a recursion would overflow the stack.
 */
function sourceProfileChain(search: Search, first: Sourced<string>, path = newPath()): Chain {
  let name = first;
  for (;;) {
    const profile = findSourceProfile(search, name, path.visited);
    const ownRegion =
      profile === search.scope.profile ? [] : ignoredBecause(REGION_OF_A_SOURCE, presentKeys(profile, "region"));
    if (hasStaticKeys(profile) || !hasRole(profile)) {
      const namesItself = path.visited.has(profile.name);
      const ownRole = namesItself ? [] : ignoredBecause(ROLE_OF_A_SOURCE_WITH_KEYS, presentKeys(profile, "role_arn"));
      path.ignored.push([...ownRole, ...ownRegion]);
      const emptySource = name;
      return withRoles(
        firstChain(profileCandidates(search, profile, {}), search.scope.listsIgnored, () =>
          throwEmptySource(emptySource, profile),
        ),
        path,
      );
    }
    path.ignored.push(ownRegion);
    path.roles.push(profileRole(profile, {}, search.scope.config));
    path.visited.add(profile.name);
    const source = sourceOf(search, profile);
    if ("chain" in source) return withRoles(source.chain, path);
    name = source.named;
  }
}

/** @param visited the profiles whose `source_profile` led here, in order. */
function findSourceProfile(search: Search, name: Sourced<string>, visited: ReadonlySet<string>): Profile {
  const profile = profileByName(search.scope.config.profiles, name.value);
  if (profile === undefined) {
    throw new RolecallError("source-profile-not-found", `the source profile "${name.value}" is not defined`, {
      at: name.from,
      length: name.value.length,
      help: search.scope.suggests === false ? [] : sourceHints(name.value, search.scope.config),
    });
  }
  const namesItself = () => [...visited].at(-1) === name.value;
  if (visited.has(name.value) && !(hasStaticKeys(profile) && namesItself())) {
    throw new RolecallError(
      "source-profile-loop",
      `source_profile forms a cycle: ${cycleText([...visited, name.value])}`,
      {
        at: name.from,
        length: name.value.length,
        help: ["add credentials to one of these profiles: access keys, or a source other than source_profile"],
      },
    );
  }
  return profile;
}

/** The names in a cycle; of a long one the first and the last few. */
function cycleText(names: readonly string[]): string {
  const left = names.length - 2 * SHOWN_CYCLE_ENDS;
  const shown =
    left <= 1 ? names : [...names.slice(0, SHOWN_CYCLE_ENDS), `(${left} more)`, ...names.slice(-SHOWN_CYCLE_ENDS)];
  return shown.join(" -> ");
}

const SHOWN_CYCLE_ENDS = 5;

/** Either key is enough: if the other one is missing, that is an error later. */
export function hasStaticKeys({ settings }: Profile): boolean {
  return settings.has("aws_access_key_id") || settings.has("aws_secret_access_key");
}

function sourceHints(name: string, config: SharedConfig): string[] {
  const hints = profileHints(name, config);
  return hints.length > 0 ? hints : [MACHINE_ROLE];
}

const MACHINE_ROLE =
  "to use the role of the machine, replace source_profile with credential_source = Ec2InstanceMetadata or EcsContainer";

const REGION_OF_A_SOURCE = "the region of a source profile is not used";
const ROLE_OF_A_SOURCE_WITH_KEYS = "a source profile that has keys does not assume its role";

function throwEmptySource(name: Sourced<string>, profile: Profile): never {
  throw new RolecallError("source-profile-empty", `the source profile "${name.value}" has no credentials`, {
    at: name.from,
    length: name.value.length,
    notes: uselessSettings(profile),
    help: [
      ...swallowedKeys(profile, ["aws_access_key_id", "credential_process", "role_arn", "sso_account_id"]),
      `add access keys, or another source, to the profile at ${profile.from.file}:${profile.from.line}`,
      ...(profile.settings.has("credential_source") ? ["move credential_source to the profile that has role_arn"] : []),
      MACHINE_ROLE,
    ],
  });
}

/**
 * The sources in a profile, in the AWS CLI's order: web identity, SSO, keys in the credentials file, login session,
 * process, keys in the config file.
 *
 * @param environment the variables of a web identity. Empty if they are ignored: for a profile chosen by an option,
 * and for the source of a role.
 */
function* profileCandidates(
  { scope }: Search,
  profile: Profile | undefined,
  environment: Environment,
): Generator<Candidate> {
  yield {
    precedenceReason: "a web identity takes precedence",
    settings: () =>
      [
        ...presentVariables(environment, "AWS_WEB_IDENTITY_TOKEN_FILE"),
        ...presentKeys(profile, "web_identity_token_file"),
      ].slice(0, 1),
    find: () =>
      sourceOnlyIfPresent(
        webIdentity(profile, environment),
        ignoredBecause("a web identity does not use it", presentKeys(profile, ...KEYS_IGNORED_BY_WEB_IDENTITY)),
      ),
  };
  if (profile === undefined) return;
  const { name, inCredentials, inConfig } = profile;
  yield {
    precedenceReason: "IAM Identity Center (SSO) takes precedence",
    settings: () => presentKeys(profile, "sso_account_id", "sso_role_name").slice(0, 1),
    find: () => sourceOnlyIfPresent(ssoRole(profile, scope)),
  };
  yield {
    precedenceReason: "keys in the credentials file take precedence",
    settings: () => presentKeys(inCredentials, "aws_access_key_id"),
    find: () => sourceOnlyIfPresent(staticKeys(name, inCredentials, "credentials")),
  };
  yield {
    precedenceReason: "login_session takes precedence",
    settings: () => presentKeys(profile, "login_session"),
    find: () => sourceOnlyIfPresent(loginSession(profile, scope)),
  };
  yield {
    precedenceReason: "credential_process takes precedence",
    settings: () => presentKeys(profile, "credential_process"),
    find: () => sourceOnlyIfPresent(credentialProcess(profile, scope.config)),
  };
  yield {
    precedenceReason: "the profile's keys take precedence",
    settings: () => presentKeys(inConfig, "aws_access_key_id"),
    find: () => sourceOnlyIfPresent(staticKeys(name, inConfig, "config")),
  };
}

/** The end of the chain: the EC2 metadata, which does not exist on every machine. */
function lastResort({ scope, ec2 }: Search): Chain {
  const disabled = ec2Disabled(scope);
  if (disabled === undefined) return sourceOnly(implicitEc2(ec2));
  const { environment, files, webIdentity: token, container } = absenceLines(scope);
  throw new RolecallError("no-credentials", "no credentials found", {
    tried: [environment(), files(), token(), container(), `EC2 metadata: ${noEc2(disabled)}`],
    help: [RUN_PROBE],
  });
}

/** Why each source before EC2 has no credentials: the lines for `Plan.passedOver` and for the error. */
function absenceLines(scope: Scope) {
  const skipped = `skipped, because ${PROFILE_BY_OPTION}`;
  return {
    environment: () => `environment: ${scope.profileIsExplicit ? skipped : noEnvironmentKeys(scope.environment)}`,
    files: () => `shared files: ${noProfileSource(scope)}`,
    webIdentity: () => `web identity: ${scope.profileIsExplicit ? skipped : noWebIdentity(scope.environment)}`,
    container: () => `container: ${noContainer()}`,
  };
}
