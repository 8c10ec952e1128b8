/**
 * The AWS CLI's credential chain: who is asked first, who next, and what is an error rather than "ask the next". All
 * of the precedence stands here, in the order in which botocore's `create_credential_resolver` lists its providers.
 */
import type { Profile } from "../config/shared_config.ts";
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHOOSE_ROLE, RUN_PROBE } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { noContainer, noEc2, noEnvironmentKeys, noProfileSource, noWebIdentity } from "./absence.ts";
import { type Candidate, firstChain, sourceOnly, sourceOnlyIfPresent } from "./candidates.ts";
import {
  ignoredBecause,
  ignoredSettings,
  KEYS_IGNORED_BY_WEB_IDENTITY,
  PROFILE_BY_OPTION,
  presentKeys,
  presentVariables,
} from "./ignored.ts";
import type { Chain, Ec2Settings } from "./plan.ts";
import { refuseLongChainedSessions } from "./roles/chained.ts";
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
 * The source and the roles for what was asked: by options, by the chosen profile, or by nothing at all.
 *
 * @throws RolecallError for everything that ends the AWS CLI's search with an error, and `no-credentials` where the
 * whole chain holds none. (That the EC2 metadata holds none shows only when it is asked.)
 */
export function planChain(scope: Scope): Chain {
  const chain = chainOf(scope);
  refuseLongChainedSessions(chain);
  return chain;
}

function chainOf(scope: Scope): Chain {
  const walk: Walk = { scope, ec2: ec2Settings(scope) };
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
        help: ["to use the profile as it is, say --profile"],
      });
    }
    return withRoleForRoleOptions(scope.options, chosenChain(walk));
  }
  const source = sourceOfOptionRole(walk);
  const { via = [], ...own } = scope.options;
  // The source is that of the first; the other settings are the last one's.
  const named = { sourceProfile, credentialSource };
  const unnamed = { ...own, sourceProfile: undefined, credentialSource: undefined };
  return {
    ...source,
    roles: [
      ...source.roles,
      ...via.map((arn, index) => optionRole(arn, index === 0 ? named : {})),
      optionRole(roleArn, via.length === 0 ? own : unnamed),
    ],
  };
}

interface Walk {
  readonly scope: Scope;
  readonly ec2: Ec2Settings;
}

/** What `--role-arn` is assumed with: what the other options choose. */
function sourceOfOptionRole(walk: Walk): Chain {
  const { sourceProfile, credentialSource } = walk.scope.options;
  if (credentialSource !== undefined) return credentialSourceChain(walk.scope, walk.ec2, credentialSource);
  if (sourceProfile !== undefined) return sourceProfileChain(walk, sourceProfile, []);
  // The options that describe a role belong to the one of --role-arn, not to the profile's.
  return defaultChain({ ...walk, scope: { ...walk.scope, options: {} } });
}

/** The chain with no `--role-arn`; `--credential-source` then stands for the profile's key. */
function chosenChain(walk: Walk): Chain {
  const { scope } = walk;
  const named = scope.options.credentialSource;
  if (named === undefined) return defaultChain(walk);
  const source = credentialSourceChain(walk.scope, walk.ec2, named);
  const profile = scope.profile;
  const replaced = presentKeys(profile, "source_profile");
  return {
    ...source,
    roles: hasRole(profile) ? [profileRole(profile, scope.options)] : [],
    ignored: [...source.ignored, ...ignoredBecause("--credential-source stands in its place", replaced)],
  };
}

/** Options that describe a role are an error where no role is assumed: they would have no effect. */
function withRoleForRoleOptions(options: CredentialOptions, chain: Chain): Chain {
  const { externalId, roleSessionName, durationSeconds, mfaSerial, mfaProcess } = options;
  // An MFA session needs a device, though no role is assumed.
  const mfa = options.mfaSession === undefined ? (mfaSerial ?? mfaProcess) : undefined;
  const idle = externalId ?? roleSessionName ?? durationSeconds ?? mfa ?? firstSessionOption(options);
  if (idle !== undefined && chain.roles.length === 0) {
    throw new RolecallError("option-conflict", "this describes a role, but no role is assumed", {
      at: idle.from,
      help: [CHOOSE_ROLE],
    });
  }
  return chain;
}

/**
 * What the chosen profile holds by itself, whatever else would come before it.
 *
 * @returns undefined where it holds nothing.
 * @throws RolecallError as `planChain`.
 */
export function chainOfProfile(scope: Scope): Chain | undefined {
  // As if it had been named: then the variables of a web identity do not count as its own.
  const walk = { scope: { ...scope, profileIsExplicit: true }, ec2: ec2Settings(scope) };
  for (const { find } of chosenProfileCandidates(walk)) {
    const chain = find();
    if (chain !== undefined) return chain;
  }
  return undefined;
}

/** The AWS CLI's chain, in order. */
function defaultChain(walk: Walk): Chain {
  const { environment, profileIsExplicit } = walk.scope;
  const nothing = whatHoldsNone(walk.scope);
  // A profile that was named is what was asked for: nobody looked for anything else before.
  const beforeProfile = profileIsExplicit ? [] : [nothing.environment];
  const beforeContainer = [nothing.environment, nothing.files, nothing.webIdentity];
  const chain = firstChain(
    [
      {
        comesFirst: "keys in the environment come first",
        settings: presentVariables(environment, "AWS_ACCESS_KEY_ID"),
        excluded: profileIsExplicit ? PROFILE_BY_OPTION : undefined,
        find: () => sourceOnlyIfPresent(environmentKeys(environment, "AWS_ACCESS_KEY_ID")),
      },
      ...chosenProfileCandidates(walk).map((candidate) => ({
        ...candidate,
        find: () => passing(beforeProfile, candidate.find()),
      })),
      {
        comesFirst: "the container's credentials come first",
        settings: presentVariables(environment, ...CONTAINER_VARIABLES).slice(0, 1),
        find: () => passing(beforeContainer, containerChain(environment)),
      },
    ],
    () => passing([...beforeContainer, nothing.container], lastResort(walk)),
  );
  return { ...chain, ignored: [...chain.ignored, ...ignoredSettings(walk.scope)] };
}

/** What the chosen profile may hold: its role, then its sources. */
function chosenProfileCandidates(walk: Walk): Candidate[] {
  const { profile, environment, profileIsExplicit, options } = walk.scope;
  return [
    {
      comesFirst: "the profile's role comes first",
      settings: presentKeys(profile, "role_arn"),
      find: () => (hasRole(profile) ? roleChain(walk, profile, options, []) : undefined),
    },
    ...profileCandidates(walk, profile, profileIsExplicit ? {} : environment),
  ];
}

/** The chain, with what was passed over on the way to it. */
function passing<Found extends Chain | undefined>(passedOver: readonly string[], chain: Found): Found {
  return chain === undefined ? chain : { ...chain, passedOver };
}

/** Whether the profile is one that assumes a role: a web identity takes it away from this rule. */
function hasRole(profile: Profile | undefined): profile is Profile {
  return profile?.settings.has("role_arn") === true && !profile.settings.has("web_identity_token_file");
}

/** The chain of a profile with `role_arn`. `visited` are the profiles that led here. */
function roleChain(walk: Walk, profile: Profile, overrides: CredentialOptions, visited: readonly string[]): Chain {
  const role = profileRole(profile, overrides);
  const source = sourceOf(walk, profile, [...visited, profile.name]);
  return { ...source, roles: [...source.roles, role] };
}

function sourceOf(walk: Walk, profile: Profile, visited: readonly string[]): Chain {
  const sourceProfile = profile.settings.get("source_profile");
  const credentialSource = profile.settings.get("credential_source");
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw new RolecallError(
      "role-with-two-sources",
      `the profile "${profile.name}" has both source_profile and credential_source`,
      {
        at: credentialSource.from,
        length: credentialSource.value.length,
        help: [`keep one of them (source_profile is in line ${sourceProfile.from.line} of ${sourceProfile.from.file})`],
      },
    );
  }
  if (credentialSource !== undefined) return credentialSourceChain(walk.scope, walk.ec2, credentialSource);
  if (sourceProfile !== undefined) return sourceProfileChain(walk, sourceProfile, visited);
  const roleArn = profile.settings.get("role_arn");
  throw new RolecallError(
    "role-without-source",
    `the profile "${profile.name}" names a role, but not with which credentials to assume it`,
    {
      at: roleArn?.from ?? profile.from,
      length: roleArn?.value.length,
      help: [
        "add source_profile = NAME, or credential_source = Ec2InstanceMetadata, EcsContainer or Environment",
        "to try it once, say --credential-source",
      ],
    },
  );
}

/**
 * The chain of a profile that is the source of a role.
 *
 * A source with static keys is a leaf even if it names a role, which is then *not* assumed; so a profile may name
 * itself if it has keys. Either key counts, and either one alone is an error later.
 */
function sourceProfileChain(walk: Walk, name: Sourced<string>, visited: readonly string[]): Chain {
  const profile = walk.scope.config.profiles.get(name.value);
  if (profile === undefined) {
    throw new RolecallError("source-profile-not-found", `the source profile "${name.value}" is not defined`, {
      at: name.from,
      length: name.value.length,
      help: walk.scope.suggests === false ? [] : profileHints(name.value, walk.scope.config),
    });
  }
  const hasStaticKeys = profile.settings.has("aws_access_key_id") || profile.settings.has("aws_secret_access_key");
  const namesItself = visited.at(-1) === name.value;
  if (visited.includes(name.value) && !(namesItself && hasStaticKeys)) {
    throw new RolecallError("source-profile-loop", `source_profile goes round in a circle`, {
      at: name.from,
      length: name.value.length,
      help: [
        `the profiles in turn: ${[...visited, name.value].join(" → ")}`,
        "the last source needs credentials of its own: access keys, or another source than source_profile",
      ],
    });
  }
  const ownRegion =
    profile === walk.scope.profile ? [] : ignoredBecause(NOT_THE_SOURCES_REGION, presentKeys(profile, "region"));
  if (!hasStaticKeys && hasRole(profile)) {
    const chain = roleChain(walk, profile, {}, visited);
    return { ...chain, ignored: [...chain.ignored, ...ownRegion] };
  }
  const ownRole = namesItself ? [] : ignoredBecause(ROLE_OF_A_SOURCE_WITH_KEYS, presentKeys(profile, "role_arn"));
  const chain = firstChain(profileCandidates(walk, profile, {}), () => refuseEmptySource(name, profile));
  return { ...chain, ignored: [...chain.ignored, ...ownRole, ...ownRegion] };
}

const NOT_THE_SOURCES_REGION = "the region is the chosen profile's, never a source profile's";
const ROLE_OF_A_SOURCE_WITH_KEYS = "a source profile with keys of its own: its role is not assumed";

function refuseEmptySource(name: Sourced<string>, profile: Profile): never {
  throw new RolecallError("source-profile-empty", `the source profile "${name.value}" has no credentials`, {
    at: name.from,
    length: name.value.length,
    help: [
      `it stands at ${profile.from.file}:${profile.from.line}; give it aws_access_key_id and aws_secret_access_key, or a source`,
      ...(profile.settings.has("credential_source")
        ? ["credential_source counts only together with role_arn, so put it into the profile that has the role_arn"]
        : []),
    ],
  });
}

/**
 * The sources that a profile itself holds, in the AWS CLI's order: web identity, SSO, the credentials file, login
 * session, process, the config file.
 *
 * @param environment has the variables of a web identity; empty where they do not count: for a profile that was named
 * explicitly, and for the source of a role.
 */
function profileCandidates({ scope }: Walk, profile: Profile | undefined, environment: Environment): Candidate[] {
  const token: Candidate = {
    comesFirst: "a web identity comes first",
    settings: [
      ...presentVariables(environment, "AWS_WEB_IDENTITY_TOKEN_FILE"),
      ...presentKeys(profile, "web_identity_token_file"),
    ].slice(0, 1),
    find: () =>
      sourceOnlyIfPresent(
        webIdentity(profile, environment),
        ignoredBecause("a web identity has no use for it", presentKeys(profile, ...KEYS_IGNORED_BY_WEB_IDENTITY)),
      ),
  };
  if (profile === undefined) return [token];
  const { name, inCredentials, inConfig } = profile;
  return [
    token,
    {
      comesFirst: "IAM Identity Center (SSO) comes first",
      settings: presentKeys(profile, "sso_account_id", "sso_role_name").slice(0, 1),
      find: () => sourceOnlyIfPresent(ssoRole(profile, scope)),
    },
    {
      comesFirst: "keys in the credentials file come first",
      settings: presentKeys(inCredentials, "aws_access_key_id"),
      find: () => sourceOnlyIfPresent(staticKeys(name, inCredentials, "credentials")),
    },
    {
      comesFirst: "login_session comes first",
      settings: presentKeys(profile, "login_session"),
      find: () => sourceOnlyIfPresent(loginSession(profile, scope)),
    },
    {
      comesFirst: "credential_process comes first",
      settings: presentKeys(profile, "credential_process"),
      find: () => sourceOnlyIfPresent(credentialProcess(profile)),
    },
    {
      comesFirst: "the profile's keys come first",
      settings: presentKeys(inConfig, "aws_access_key_id"),
      find: () => sourceOnlyIfPresent(staticKeys(name, inConfig, "config")),
    },
  ];
}

/** The end of the chain: the EC2 metadata, which may or may not be there. */
function lastResort({ scope, ec2 }: Walk): Chain {
  const disabled = ec2Disabled(scope);
  if (disabled === undefined) return sourceOnly(implicitEc2(ec2));
  const { environment, files, webIdentity: token, container } = whatHoldsNone(scope);
  throw new RolecallError("no-credentials", "no credentials found", {
    tried: [environment, files, token, container, `EC2 metadata: ${noEc2(disabled)}`],
    help: [RUN_PROBE],
  });
}

/** One line for each source that the chain passes over on its way to the next. */
function whatHoldsNone(scope: Scope) {
  const notWithProfile = `not asked, because ${PROFILE_BY_OPTION}`;
  return {
    environment: `environment: ${scope.profileIsExplicit ? notWithProfile : noEnvironmentKeys(scope.environment)}`,
    files: `shared files: ${noProfileSource(scope)}`,
    webIdentity: `web identity: ${scope.profileIsExplicit ? notWithProfile : noWebIdentity(scope.environment)}`,
    container: `container: ${noContainer()}`,
  };
}
