/** `rolecall profiles`: what profiles there are, and what each of them is. */
import type { Settings } from "../../config/settings.ts";
import { RolecallError } from "../../domain/errors.ts";
import { describeOrigin, type Sourced } from "../../domain/origin.ts";
import { chooseProfile, type PlanInputs } from "../../plan/scope.ts";
import { summarizeProfile, summarizeRole } from "../../plan/summary.ts";
import { jsonText } from "../../report/json_text.ts";
import { profilesJson, renderProfiles } from "../../report/profiles.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, profileFromVariable } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors } from "../output_style.ts";

/** @returns the exit code 0, also where a profile is broken: the list says so. */
export async function profiles(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("profiles", positionals);
  const { environment } = context.effects;
  const config = context.readConfig();
  const settings = await readSettings(options, context);
  const roles = [...(settings?.roles ?? [])];
  const list = {
    profiles: [...config.profiles.values()].map((profile) => summarizeProfile(profile, config)),
    chosen: chosenProfile({ options: { profile: profileFromVariable(environment) }, environment, config }, context),
    roles: settings === undefined ? [] : roles.map(([name, role]) => summarizeRole(name, role, settings, config)),
  };
  context.print(
    options.switch("json")
      ? jsonText(profilesJson(list))
      : renderProfiles(list, outputColors(options, context), context.effects.home),
  );
  return 0;
}

/** Settings that are broken do not hide the profiles. */
async function readSettings(options: CommandOptions, context: Context): Promise<Settings | undefined> {
  try {
    return await context.readSettings(options.text("settings"));
  } catch (error) {
    return warned(error, context);
  }
}

/** The profile of whoever names none; undefined where a variable names one that does not exist. */
function chosenProfile(inputs: PlanInputs, context: Context): Sourced<string> | undefined {
  try {
    return chooseProfile(inputs).profileName;
  } catch (error) {
    return warned(error, context);
  }
}

function warned(error: unknown, context: Context): undefined {
  if (!(error instanceof RolecallError)) throw error;
  context.effects.warn(`${error.message}${error.at === undefined ? "" : ` (${describeOrigin(error.at)})`}`);
}
