/** Credentials that a program prints. */
import type { Profile } from "../config/shared_config.ts";
import { splitShellWords } from "../config/shell_words.ts";
import { RolecallError } from "../errors.ts";
import type { ProcessStep } from "./plan.ts";

/**
 * The step for a profile with `credential_process`, its command split into words as the AWS CLI splits it.
 *
 * @throws RolecallError `invalid-setting` for a command that is empty or has an open quote.
 */
export function credentialProcess(profile: Profile): ProcessStep | undefined {
  const command = profile.settings.get("credential_process");
  if (command === undefined) return undefined;
  const split = splitShellWords(command.value);
  const problem = "problem" in split ? split.problem : split.words.length === 0 ? "it is empty" : undefined;
  if (problem !== undefined || !("words" in split)) {
    throw new RolecallError("invalid-setting", `credential_process cannot be run: ${problem}`, {
      at: command.from,
      length: command.value.length,
      help: ["it is split into words as a shell does, but no shell runs it"],
    });
  }
  return { kind: "process", profile: profile.name, words: split.words, from: command.from };
}
