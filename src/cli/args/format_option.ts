/** `--format`, for the commands that have it. */
import type { GithubOutput } from "../../deliver/formats.ts";
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { didYouMean } from "../../text/suggest.ts";
import type { Context } from "../context.ts";

/** @throws RolecallError `invalid-option` for a format that is not among these. */
export function formatOption<Format extends string>(
  given: Sourced<string> | undefined,
  formats: readonly Format[],
  usual: Format,
): Format {
  if (given === undefined) return usual;
  const format = formats.find((known) => known === given.value);
  if (format !== undefined) return format;
  throw new RolecallError("invalid-option", `there is no format "${given.value}"`, {
    at: given.from,
    help: didYouMean(given.value, formats, `the formats are ${formats.join(", ")}`),
  });
}

/** @throws RolecallError `invalid-option` outside of GitHub Actions. */
export function githubEnvironmentFile(context: Context): string {
  const file = variable(context.effects.environment, "GITHUB_ENV");
  if (file !== undefined) return file;
  throw new RolecallError("invalid-option", "the format github needs the variable GITHUB_ENV", {
    help: ["GitHub Actions sets it for each step; elsewhere use --format env"],
  });
}

/** First the masks: what is in the file is used by the next step at the earliest. */
export function writeGithubOutput({ masks, variables }: GithubOutput, file: string, context: Context): void {
  context.print(masks);
  context.appendFile(file, variables);
}
