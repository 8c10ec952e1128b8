/** `--role NAME`: the settings of a role in rolecall's own settings file, as if they were options. */
import type { RoleSettings, Settings } from "../../config/settings.ts";
import { RolecallError } from "../../domain/errors.ts";
import { didYouMeanName } from "../../domain/help_texts.ts";
import { highestPrecedence, type Sourced } from "../../domain/origin.ts";
import { nearest } from "../../text/suggest.ts";
import type { CredentialOptions } from "../scope.ts";

/**
 * The options, and the role's settings for those that are not set: an option or its variable overrides the settings.
 *
 * @throws RolecallError `role-not-found`, or `option-conflict` together with `--role-arn`.
 */
export function withSettingsRole(
  options: CredentialOptions,
  name: Sourced<string>,
  settings: Settings | undefined,
): CredentialOptions {
  if (options.roleArn !== undefined) {
    throw new RolecallError("option-conflict", "--role and --role-arn exclude each other", {
      at: options.roleArn.from,
    });
  }
  const role = settings?.roles.get(name.value);
  if (role === undefined) throw notFound(name, settings);
  const sourceIsGiven = options.sourceProfile !== undefined || options.credentialSource !== undefined;
  return {
    ...options,
    ...(sourceIsGiven ? {} : { sourceProfile: role.sourceProfile, credentialSource: role.credentialSource }),
    via: role.via,
    roleArn: role.roleArn,
    externalId: highestPrecedence(options.externalId, role.externalId),
    roleSessionName: highestPrecedence(options.roleSessionName, role.roleSessionName),
    durationSeconds: highestPrecedence(options.durationSeconds, role.duration),
    mfaSerial: highestPrecedence(options.mfaSerial, role.mfaSerial),
    mfaProcess: highestPrecedence(options.mfaProcess, role.mfaProcess),
    sourceIdentity: highestPrecedence(options.sourceIdentity, role.sourceIdentity),
    policy: highestPrecedence(options.policy, role.policy),
    policyArns: firstNotEmpty(options.policyArns, role.policyArns),
    tags: firstNotEmpty(options.tags, role.tags),
    transitiveTagKeys: firstNotEmpty(options.transitiveTagKeys, role.transitiveTagKeys),
  };
}

function firstNotEmpty(
  option: readonly Sourced<string>[] | undefined,
  setting: RoleSettings["tags"],
): readonly Sourced<string>[] {
  return option === undefined || option.length === 0 ? setting : option;
}

function notFound(name: Sourced<string>, settings: Settings | undefined): RolecallError {
  const similar = settings && nearest(name.value, settings.roles.keys());
  const position = similar === undefined ? undefined : settings?.roles.get(similar)?.from;
  return new RolecallError("role-not-found", `the role "${name.value}" is not in the settings file`, {
    at: name.from,
    help: [
      settings === undefined
        ? "create the settings file ~/.config/rolecall/config.toml, or choose one with --settings"
        : similar === undefined || position === undefined
          ? `add a table [role.${name.value}] to ${settings.file}`
          : didYouMeanName(similar, `${position.file}:${position.line}`),
    ],
  });
}
