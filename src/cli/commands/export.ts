/** `rolecall export`: print the credentials. */
import { formatCredentials, githubFormat, processFormat } from "../../deliver/formats.ts";
import { EXPORT_FORMATS } from "../../domain/option_table.ts";
import { namedProfile } from "../../plan/scope.ts";
import { refuseLoop } from "../../sources/profile_chain.ts";
import { refusePositionals } from "../args/arguments.ts";
import { chosenFormat, githubEnvironmentFile, handToGithub } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import type { World } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";
import { HELPER_WORDS } from "../helper_message.ts";

/** @returns the exit code 0. */
export async function exportCredentials(
  options: CommandOptions,
  positionals: readonly string[],
  world: World,
): Promise<number> {
  refusePositionals("export", positionals);
  const { environment } = world.effects;
  // As the AWS CLI's `export-credentials`, which guards against circles under the profile's name.
  refuseLoop(environment, namedProfile(options.text("profile"), environment)?.value ?? "default");
  // Wrong options are found before anything is asked.
  const chosen = options.text("format");
  const isRenewal = chosen?.value === HELPER_WORDS.format;
  const format = isRenewal ? "process" : chosenFormat(chosen, EXPORT_FORMATS, "process");
  const githubFile = format === "github" ? githubEnvironmentFile(world) : undefined;
  const { credentials, plan } = await findCredentials(options, world, { region: false });
  if (isRenewal) {
    world.print(processFormat(credentials, credentials.accountId));
    return 0;
  }
  if (format === "github") {
    handToGithub(githubFormat(credentials), githubFile ?? "", world);
    return 0;
  }
  world.print(formatCredentials(format, credentials, plan.profile?.value ?? "default"));
  return 0;
}
