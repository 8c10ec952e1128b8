/** `rolecall export`: prints the credentials. */
import { formatCredentials, githubFormat, processFormat } from "../../deliver/formats.ts";
import { EXPORT_FORMATS } from "../../domain/option_table.ts";
import { namedProfile } from "../../plan/scope.ts";
import { rejectCycle } from "../../sources/profile_chain.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { formatOption } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";
import { githubEnvironmentFile, writeGithubOutput } from "../github_output.ts";
import { HELPER_ARGUMENTS } from "../helper_protocol.ts";

/** @returns the exit code 0. */
export async function exportCredentials(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("export", positionals);
  const { environment } = context.effects;
  // As the AWS CLI's `export-credentials`, which records the profile's name to detect cycles.
  rejectCycle(environment, namedProfile(options.text("profile"), environment)?.value ?? "default");
  // Options are validated before any prompt.
  const chosen = options.text("format");
  const isRefresh = chosen?.value === HELPER_ARGUMENTS.format;
  const format = isRefresh ? "process" : formatOption(chosen, EXPORT_FORMATS, "process");
  const githubFile = format === "github" ? githubEnvironmentFile(context) : undefined;
  const { credentials, plan, region } = await findCredentials(options, context, { region: format === "github" });
  if (isRefresh) {
    context.print(processFormat(credentials, credentials.accountId));
    return 0;
  }
  if (format === "github") {
    await writeGithubOutput(githubFormat(credentials, region), githubFile ?? "", context);
    return 0;
  }
  context.print(formatCredentials(format, credentials, plan.profile?.value ?? "default"));
  return 0;
}
