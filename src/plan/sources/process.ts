/** Programs that print credentials, or an MFA code. */

import { splitCommandLine } from "../../config/command_line.ts";
import type { Profile } from "../../config/shared_config.ts";
import { invalidValueCode, RolecallError } from "../../domain/errors.ts";
import { type Sourced, withValue } from "../../domain/origin.ts";
import type { ProcessStep } from "../plan.ts";
import { profileSetting } from "../scope.ts";

/**
 * The step for a profile with `credential_process`.
 *
 * @throws RolecallError `invalid-setting` for a command that is empty or has an open quote.
 */
export function credentialProcess(profile: Profile): ProcessStep | undefined {
  const command = profileSetting(profile, "credential_process");
  if (command === undefined) return undefined;
  const { value: argv, from } = commandArgv("credential_process", command);
  return { kind: "process", profile: profile.name, argv, from };
}

/**
 * A command's words, split as the AWS CLI splits them.
 *
 * @param key what the setting is called.
 * @throws RolecallError `invalid-setting` as above.
 */
export function commandArgv(key: string, command: Sourced<string>): Sourced<readonly string[]> {
  const split = splitCommandLine(command.value);
  if ("words" in split && split.words.length > 0) return withValue(command, split.words);
  throw new RolecallError(
    invalidValueCode(command.from),
    `${key} cannot be run: ${"problem" in split ? split.problem : "it is empty"}`,
    {
      at: command.from,
      length: command.value.length,
      help: ["it is split into words as a shell does, but no shell runs it"],
    },
  );
}
