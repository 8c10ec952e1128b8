/** `--pick`: the user chooses the profile from a list on the terminal. */
import type { SharedConfig } from "../../config/shared_config.ts";
import type { Effects } from "../../domain/effects.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CHOOSE_PROFILE, checkAwsFiles } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { namedProfile } from "../../plan/scope.ts";
import { type ProfileSummary, summarizeProfiles } from "../../plan/summary.ts";
import { picker } from "../../report/picker.ts";
import type { CommandOptions } from "../args/options.ts";

/**
 * Prompts for the profile.
 *
 * @returns the profile, as if it came from `--profile`. Undefined if `--profile` overrides ROLECALL_PICK.
 * @throws RolecallError `pick-impossible`, or `option-conflict` with `--profile`. InterruptedError if the user cancels.
 */
export async function pickProfile(
  options: CommandOptions,
  config: SharedConfig,
  effects: Effects,
): Promise<Sourced<string> | undefined> {
  const from = options.text("pick")?.from ?? { option: "--pick" };
  const named = options.text("profile");
  if (named !== undefined && "option" in named.from) {
    // The command line overrides a variable.
    if ("variable" in from) return undefined;
    throw new RolecallError("option-conflict", "--pick and --profile exclude each other", { at: named.from });
  }
  const impossible = (why: string, help: string) =>
    new RolecallError("pick-impossible", `--pick cannot be used: ${why}`, { at: from, help: [help] });
  if (options.switch("no-input")) throw impossible("--no-input forbids prompts", CHOOSE_PROFILE);
  if (effects.environment.TERM === "dumb") {
    throw impossible("the terminal cannot show a list (TERM=dumb)", CHOOSE_PROFILE);
  }
  const choices = summarizeProfiles(config).map((summary) => ({ value: summary.name, note: noteOf(summary) }));
  if (choices.length === 0) {
    throw impossible("there are no profiles", checkAwsFiles(config));
  }
  const preselected = namedProfile(named, effects.environment)?.value;
  const value = await effects.showPrompt(picker("profile", choices, preselected));
  if (value === undefined) throw impossible("there is no terminal", CHOOSE_PROFILE);
  effects.trace(`picked profile ${value}`);
  return { value, from };
}

/** The role, or else the kind of the profile. */
function noteOf({ roleArn, kind }: ProfileSummary): string {
  return roleArn ?? (kind === "none" ? "" : kind);
}
