/** `rolecall profiles`: lists the profiles and roles. */
import type { Settings } from "../../config/settings.ts";
import { RolecallError } from "../../domain/errors.ts";
import { describeOrigin, type Sourced } from "../../domain/origin.ts";
import { chooseProfile, type PlanInputs } from "../../plan/scope.ts";
import { summarizeProfiles, summarizeRole } from "../../plan/summary.ts";
import { jsonText } from "../../report/json_text.ts";
import { profilesJson, renderProfiles } from "../../report/profiles.ts";
import { shellWord } from "../../text/shell.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, profileFromVariable } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors } from "../output_style.ts";

/** @returns the exit code 0, even if a profile is broken: the list shows the error. */
export async function profiles(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  const [subcommand, ...others] = positionals;
  if (subcommand === "add") {
    rejectPositionals("profiles", others, (word) => [`use --sso-session ${shellWord(word)} to choose a session`]);
    return await (await import("./profiles_add.ts")).addProfiles(options, context);
  }
  rejectPositionals("profiles", positionals);
  rejectOptionsOfAdd(options);
  const { environment } = context.effects;
  const config = context.readConfig();
  const settings = await readSettings(options, context);
  const roles = [...(settings?.roles ?? [])];
  const list = {
    profiles: summarizeProfiles(config),
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

const OPTIONS_OF_ADD = ["sso-session", "all", "account", "role-name", "name-format", "prune", "dry-run"];

/** A variable may be meant for `profiles add`, so it is ignored. */
function rejectOptionsOfAdd(options: CommandOptions): void {
  const given = OPTIONS_OF_ADD.map((name) => options.text(name)).find((value) => value && "option" in value.from);
  if (given === undefined || !("option" in given.from)) return;
  throw new RolecallError("option-conflict", `${given.from.option} works only with profiles add`, {
    at: given.from,
    help: ["use rolecall profiles add --sso-session NAME"],
  });
}

/** Warns about a broken settings file, so that it does not hide the profiles. */
async function readSettings(options: CommandOptions, context: Context): Promise<Settings | undefined> {
  try {
    return await context.readSettings(options.text("settings"));
  } catch (error) {
    return warn(error, context);
  }
}

/** The profile that is used without `--profile`. Undefined, with a warning, if a variable names a missing one. */
function chosenProfile(inputs: PlanInputs, context: Context): Sourced<string> | undefined {
  try {
    return chooseProfile(inputs).profileName;
  } catch (error) {
    return warn(error, context);
  }
}

function warn(error: unknown, context: Context): undefined {
  if (!(error instanceof RolecallError)) throw error;
  context.effects.warn(`${error.message}${error.at === undefined ? "" : ` (${describeOrigin(error.at)})`}`);
}
