/** `rolecall profiles`: what profiles there are, and what each of them is. */
import type { Settings } from "../../config/settings.ts";
import { RolecallError } from "../../domain/errors.ts";
import { describeOrigin, type Sourced } from "../../domain/origin.ts";
import { chooseProfile, type PlanInputs } from "../../plan/scope.ts";
import { summarizeProfile, summarizeRole } from "../../plan/summary.ts";
import { jsonText } from "../../report/json_text.ts";
import { profilesJson, renderProfiles } from "../../report/profiles.ts";
import { refusePositionals } from "../args/arguments.ts";
import { type CommandOptions, profileOfVariable } from "../args/options.ts";
import type { World } from "../context.ts";
import { answerPaint } from "../output_style.ts";

/** @returns the exit code 0, also where a profile is broken: the list says so. */
export async function profiles(options: CommandOptions, positionals: readonly string[], world: World): Promise<number> {
  refusePositionals("profiles", positionals);
  const { environment } = world.effects;
  const config = world.readConfig();
  const settings = await readSettings(options, world);
  const roles = [...(settings?.roles ?? [])];
  const list = {
    profiles: [...config.profiles.values()].map((profile) => summarizeProfile(profile, config)),
    chosen: chosenProfile({ options: { profile: profileOfVariable(environment) }, environment, config }, world),
    roles: settings === undefined ? [] : roles.map(([name, role]) => summarizeRole(name, role, settings, config)),
  };
  world.print(
    options.switch("json")
      ? jsonText(profilesJson(list))
      : renderProfiles(list, answerPaint(options, world), world.effects.home),
  );
  return 0;
}

/** Settings that are broken do not hide the profiles. */
async function readSettings(options: CommandOptions, world: World): Promise<Settings | undefined> {
  try {
    return await world.readSettings(options.text("settings"));
  } catch (error) {
    return warned(error, world);
  }
}

/** The profile of whoever names none; undefined where a variable names one that does not exist. */
function chosenProfile(inputs: PlanInputs, world: World): Sourced<string> | undefined {
  try {
    return chooseProfile(inputs).profileName;
  } catch (error) {
    return warned(error, world);
  }
}

function warned(error: unknown, world: World): undefined {
  if (!(error instanceof RolecallError)) throw error;
  world.effects.warn(`${error.message}${error.at === undefined ? "" : ` (${describeOrigin(error.at)})`}`);
}
