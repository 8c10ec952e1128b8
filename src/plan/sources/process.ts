/** Programs that print credentials, or an MFA code. */

import { splitProgram } from "../../config/command_line.ts";
import type { Profile, SharedConfig } from "../../config/shared_config.ts";
import { invalidValueCode, RolecallError } from "../../domain/errors.ts";
import { type Sourced, withValue } from "../../domain/origin.ts";
import type { ProcessStep } from "../plan.ts";
import { profileSetting } from "../scope.ts";

/**
 * The step for a profile with `credential_process`.
 *
 * @throws RolecallError `invalid-setting` for a command that is empty or has an unclosed quote.
 */
export function credentialProcess(profile: Profile, { platform }: SharedConfig): ProcessStep | undefined {
  const command = profileSetting(profile, "credential_process");
  if (command === undefined) return undefined;
  const { value: argv, from } = commandArgv("credential_process", command, platform);
  return { kind: "process", profile: profile.name, argv, from };
}

/**
 * The argv of a command, split as the AWS CLI splits it.
 *
 * @param key the name of the setting, for the error.
 * @param platform as in `SharedConfigPaths`.
 * @throws RolecallError `invalid-setting` or `invalid-option`, as `credentialProcess`.
 */
export function commandArgv(
  key: string,
  command: Sourced<string>,
  platform: string | undefined,
): Sourced<readonly string[]> {
  const split = splitProgram(command.value, platform);
  if ("argv" in split && split.argv.length > 0) return withValue(command, split.argv);
  throw new RolecallError(
    invalidValueCode(command.from),
    `invalid ${key}: ${"problem" in split ? split.problem : "it is empty"}`,
    {
      at: command.from,
      length: command.value.length,
      help: ["quote arguments as for a shell: the command is split in the same way, but no shell runs it"],
    },
  );
}
