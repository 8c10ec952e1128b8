/** `rolecall export`: print the credentials. */
import { EXPORT_FORMATS, type ExportFormat, formatCredentials, githubFormat } from "../deliver/formats.ts";
import { variable } from "../environment.ts";
import { RolecallError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Sourced } from "../origin.ts";
import { refuseLoop } from "../sources/profile_chain.ts";
import { refusePositionals } from "./arguments.ts";
import { findCredentials } from "./find_credentials.ts";
import type { CommandOptions } from "./options.ts";
import type { World } from "./world.ts";

/** @returns the exit code 0. */
export async function exportCredentials(
  options: CommandOptions,
  positionals: readonly string[],
  world: World,
): Promise<number> {
  refusePositionals("export", positionals);
  refuseLoop(world.effects.environment, options.text("profile")?.value ?? chosenByVariable(world));
  // Wrong options are found before anything is asked.
  const format = exportFormat(options.text("format"));
  const githubFile = format === "github" ? githubEnvironmentFile(world) : undefined;
  const { credentials, plan } = await findCredentials(options, world, false);
  if (format === "github") {
    const { masks, variables } = githubFormat(credentials);
    // First the masks: from then on the log hides the values.
    world.print(masks);
    world.appendFile(githubFile ?? "", variables);
    return 0;
  }
  world.print(formatCredentials(format, credentials, plan.profile?.value ?? "default"));
  return 0;
}

/** The profile under whose name the AWS CLI's `export-credentials` guards against circles. */
function chosenByVariable({ effects }: World): string {
  return (
    variable(effects.environment, "AWS_PROFILE") ?? variable(effects.environment, "AWS_DEFAULT_PROFILE") ?? "default"
  );
}

function exportFormat(given: Sourced<string> | undefined): ExportFormat {
  if (given === undefined) return "process";
  const format = EXPORT_FORMATS.find((known) => known === given.value);
  if (format !== undefined) return format;
  const meant = nearest(given.value, EXPORT_FORMATS);
  throw new RolecallError("invalid-option", `there is no format "${given.value}"`, {
    at: given.from,
    help: [meant === undefined ? `the formats are ${EXPORT_FORMATS.join(", ")}` : `did you mean ${meant}?`],
  });
}

function githubEnvironmentFile(world: World): string {
  const file = variable(world.effects.environment, "GITHUB_ENV");
  if (file !== undefined) return file;
  throw new RolecallError("invalid-option", "the format github needs the variable GITHUB_ENV", {
    help: ["GitHub Actions sets it for each step; elsewhere use --format env"],
  });
}
