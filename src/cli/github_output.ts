/** The output of `--format github`: masks on standard output, variables in the file that GITHUB_ENV names. */
import type { GithubOutput } from "../deliver/formats.ts";
import { variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Context } from "./context.ts";

/**
 * The path of the file that GITHUB_ENV names.
 *
 * @throws RolecallError `invalid-option` if GITHUB_ENV is not set.
 */
export function githubEnvironmentFile(context: Context): string {
  const file = variable(context.effects.environment, "GITHUB_ENV");
  if (file !== undefined) return file;
  throw new RolecallError("invalid-option", "the format github needs the variable GITHUB_ENV, which is not set", {
    help: ["use --format env outside of GitHub Actions, which sets GITHUB_ENV for each step"],
  });
}

/** Writes the masks first: the variables in the file take effect in the next step at the earliest. */
export async function writeGithubOutput(
  { masks, variables }: GithubOutput,
  file: string,
  context: Context,
): Promise<void> {
  context.print(masks);
  await context.appendFile(file, variables);
}
