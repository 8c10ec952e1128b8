/**
 * The AWS CLI's credential chain: who is asked first, who next, and what is an error rather than "ask the next". All
 * of the precedence stands here, in the order in which botocore's `create_credential_resolver` lists its providers.
 */
import type { Profile } from "../config/shared_config.ts";
import { RolecallError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Sourced } from "../origin.ts";
import { containerStep } from "./container.ts";
import { ec2Disabled, ec2Settings, guessedEc2, namedEc2 } from "./ec2.ts";
import { environmentKeys } from "./environment_keys.ts";
import { loginSession } from "./login.ts";
import type { AssumeRoleStep, Ec2Settings, SourceStep } from "./plan.ts";
import { credentialProcess } from "./process.ts";
import { optionRole, profileRole } from "./role.ts";
import { type CredentialOptions, profileHints, type Scope } from "./scope.ts";
import { firstSessionOption } from "./session.ts";
import { ssoRole } from "./sso.ts";
import { staticKeys } from "./static_keys.ts";
import { webIdentity } from "./web_identity.ts";

export interface Chain {
  readonly source: SourceStep;
  readonly roles: readonly AssumeRoleStep[];
}

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

/** Sources whose credentials are those of a role, so that any role on top of them is a chained one. */
const ROLE_SOURCES: readonly SourceStep["kind"][] = ["web-identity", "sso", "container", "ec2"];

/** Seconds: STS lets the session of a role that a role has assumed last an hour at most. */
const LONGEST_CHAINED_SESSION = 3600;

/** Whether the role at the index is assumed with a role's credentials, as far as that can be known beforehand. */
export function isChained({ source, roles }: Chain, index = roles.length - 1): boolean {
  return index > 0 || (index === 0 && ROLE_SOURCES.includes(source.kind));
}

function refuseLongChainedSessions(chain: Chain): void {
  for (const [index, { durationSeconds }] of chain.roles.entries()) {
    if (!isChained(chain, index) || durationSeconds === undefined || durationSeconds.value <= LONGEST_CHAINED_SESSION)
      continue;
    throw new RolecallError(
      "option" in durationSeconds.from ? "invalid-option" : "invalid-setting",
      `a role that is assumed with a role's credentials cannot last ${durationSeconds.value} seconds`,
      { at: durationSeconds.from, help: ["STS limits role chaining to one hour: 3600"] },
    );
  }
}

function chainOf(scope: Scope): Chain {
  const walk: Walk = { scope, ec2: ec2Settings(scope) };
  const { roleArn, sourceProfile, credentialSource } = scope.options;

  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw new RolecallError("option-conflict", "--source-profile and --credential-source exclude each other", {
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
  const via = (scope.options.via ?? []).map((arn) => optionRole(arn, {}));
  return { source: source.source, roles: [...source.roles, ...via, optionRole(roleArn, scope.options)] };
}

interface Walk {
  readonly scope: Scope;
  readonly ec2: Ec2Settings;
}

/** What `--role-arn` is assumed with: what the other options choose. */
function sourceOfOptionRole(walk: Walk): Chain {
  const { sourceProfile, credentialSource } = walk.scope.options;
  if (credentialSource !== undefined) return { source: namedSource(walk, credentialSource), roles: [] };
  if (sourceProfile !== undefined) return sourceProfileChain(walk, sourceProfile, []);
  // The options that describe a role belong to the one of --role-arn, not to the profile's.
  return defaultChain({ ...walk, scope: { ...walk.scope, options: {} } });
}

/** The chain with no `--role-arn`; `--credential-source` then stands for the profile's key. */
function chosenChain(walk: Walk): Chain {
  const { scope } = walk;
  const named = scope.options.credentialSource;
  if (named === undefined) return defaultChain(walk);
  const source = namedSource(walk, named);
  const profile = scope.profile;
  return { source, roles: hasRole(profile) ? [profileRole(profile, scope.options)] : [] };
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
      help: ["name the role with --role-arn, or a profile that has role_arn with --profile"],
    });
  }
  return chain;
}

function defaultChain(walk: Walk): Chain {
  const { scope } = walk;
  return (
    (scope.profileIsExplicit ? undefined : leaf(environmentKeys(scope.environment, "AWS_ACCESS_KEY_ID"))) ??
    (hasRole(scope.profile) ? roleChain(walk, scope.profile, scope.options, []) : undefined) ??
    profileSources(walk, scope.profile, !scope.profileIsExplicit) ??
    leaf(containerStep(scope.environment)) ??
    lastResort(walk)
  );
}

/** Whether the profile is one that assumes a role: a web identity takes it away from this rule. */
function hasRole(profile: Profile | undefined): profile is Profile {
  return profile?.settings.has("role_arn") === true && !profile.settings.has("web_identity_token_file");
}

/** The chain of a profile with `role_arn`. `visited` are the profiles that led here. */
function roleChain(walk: Walk, profile: Profile, overrides: CredentialOptions, visited: readonly string[]): Chain {
  const role = profileRole(profile, overrides);
  const source = sourceOf(walk, profile, [...visited, profile.name]);
  return { source: source.source, roles: [...source.roles, role] };
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
  if (credentialSource !== undefined) return { source: namedSource(walk, credentialSource), roles: [] };
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
      help: profileHints(name.value, walk.scope.config),
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
  if (!hasStaticKeys && hasRole(profile)) return roleChain(walk, profile, {}, visited);
  const chain = profileSources(walk, profile, false);
  if (chain !== undefined) return chain;
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
 * @param withVariables whether the variables of a web identity count; they do not for a profile named explicitly, nor
 * for the source of a role.
 */
function profileSources(walk: Walk, profile: Profile | undefined, withVariables: boolean): Chain | undefined {
  const token = leaf(webIdentity(profile, withVariables ? walk.scope.environment : {}));
  if (token !== undefined || profile === undefined) return token;
  return leaf(
    ssoRole(profile, walk.scope) ??
      staticKeys(profile.name, profile.inCredentials, "credentials") ??
      loginSession(profile, walk.scope) ??
      credentialProcess(profile) ??
      staticKeys(profile.name, profile.inConfig, "config"),
  );
}

const NAMED_SOURCES = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

/**
 * The source that `credential_source` names. Its name is taken to the letter, as in the AWS CLI. Keys in the
 * environment are read here also when a profile was given as an option.
 */
function namedSource({ scope, ec2 }: Walk, name: Sourced<string>): SourceStep {
  switch (name.value) {
    case "Environment":
      return (
        environmentKeys(scope.environment, name) ??
        emptySource(name, "the environment has no AWS_ACCESS_KEY_ID", "set it, and AWS_SECRET_ACCESS_KEY")
      );
    case "EcsContainer":
      return (
        containerStep(scope.environment, name) ??
        emptySource(
          name,
          "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
          "ECS and EKS set one of them for a task or pod that has a role",
        )
      );
    case "Ec2InstanceMetadata":
      if (ec2Disabled(scope) !== undefined) {
        return emptySource(name, "AWS_EC2_METADATA_DISABLED is true", "unset AWS_EC2_METADATA_DISABLED");
      }
      return namedEc2(ec2, name.from);
    default: {
      const meant = nearest(name.value, NAMED_SOURCES);
      throw new RolecallError("unknown-credential-source", `"${name.value}" is no credential source`, {
        at: name.from,
        length: name.value.length,
        help: [
          meant === undefined
            ? `the sources are ${NAMED_SOURCES.join(", ")}`
            : `did you mean ${meant}? (the name is taken to the letter)`,
        ],
      });
    }
  }
}

function emptySource(name: Sourced<string>, why: string, help: string): never {
  throw new RolecallError("credential-source-empty", `${name.value} holds no credentials: ${why}`, {
    at: name.from,
    length: name.value.length,
    help: [help],
  });
}

/** The end of the chain: the EC2 metadata, which may or may not be there. */
function lastResort({ scope, ec2 }: Walk): Chain {
  if (ec2Disabled(scope) === undefined) return { source: guessedEc2(ec2, whatHoldsNone(scope)), roles: [] };
  throw new RolecallError("no-credentials", "no credentials found", {
    help: [...whatHoldsNone(scope), "EC2 metadata: not asked, because AWS_EC2_METADATA_DISABLED is true"],
  });
}

/** One line for each source that the chain passed over on its way to the EC2 metadata. */
function whatHoldsNone(scope: Scope): string[] {
  return [
    scope.profileIsExplicit
      ? "environment: not asked, because a profile was named by an option"
      : "environment: AWS_ACCESS_KEY_ID is not set",
    scope.profile === undefined
      ? `profile "${scope.profileName.value}": in neither ${scope.config.configFile} nor ${scope.config.credentialsFile}`
      : `profile "${scope.profile.name}": has no credentials, and no role_arn (${scope.profile.from.file}:${scope.profile.from.line})`,
    "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set",
  ];
}

function leaf(source: SourceStep | undefined): Chain | undefined {
  return source === undefined ? undefined : { source, roles: [] };
}
