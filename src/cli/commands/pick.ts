/** `--pick`: the profile, chosen from a list at the terminal. */
import type { SharedConfig } from "../../config/shared_config.ts";
import type { Effects } from "../../domain/effects.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CHOOSE_PROFILE, checkAwsFiles } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { namedProfile } from "../../plan/scope.ts";
import { type ProfileSummary, summarizeProfile } from "../../plan/summary.ts";
import { picker } from "../../report/picker.ts";
import type { CommandOptions } from "../args/options.ts";

/**
 * The profile that the person chooses, as if `--profile` had named it; nothing where a stronger `--profile` does.
 *
 * @throws RolecallError `pick-impossible`, or `option-conflict` with `--profile`; Interrupted when nothing is chosen.
 */
export async function pickProfile(
  options: CommandOptions,
  config: SharedConfig,
  effects: Effects,
): Promise<Sourced<string> | undefined> {
  const from = options.text("pick")?.from ?? { option: "--pick" };
  const named = options.text("profile");
  if (named !== undefined && "option" in named.from) {
    // As everywhere the command line wins over the variable.
    if ("variable" in from) return undefined;
    throw new RolecallError("option-conflict", "--pick and --profile exclude each other", { at: named.from });
  }
  const impossible = (why: string, help: string) =>
    new RolecallError("pick-impossible", `--pick cannot be used: ${why}`, { at: from, help: [help] });
  if (options.switch("no-input")) throw impossible("--no-input forbids to ask", CHOOSE_PROFILE);
  if (effects.environment.TERM === "dumb") {
    throw impossible("no list can be drawn on this terminal (TERM=dumb)", CHOOSE_PROFILE);
  }
  const choices = [...config.profiles.values()].map((profile) => ({
    value: profile.name,
    note: noteOf(summarizeProfile(profile, config)),
  }));
  if (choices.length === 0) {
    throw impossible("there is no profile", checkAwsFiles(config));
  }
  const usual = namedProfile(named, effects.environment)?.value;
  const value = await effects.showPrompt(picker("profile", choices, usual));
  if (value === undefined) throw impossible("there is no terminal to choose at", CHOOSE_PROFILE);
  effects.trace(`picked the profile ${value}`);
  return { value, from };
}

/** The role, else what kind of profile it is. */
function noteOf({ roleArn, kind }: ProfileSummary): string {
  return roleArn ?? (kind === "none" ? "" : kind);
}
