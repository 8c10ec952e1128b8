/** `rolecall --version`. */
import { COMMIT, TARGET, VERSION } from "../domain/version.ts";
import { runtimeName } from "../runtime/process/runtime_name.ts";
import { wroteOutput } from "../runtime/terminal/quick_output.ts";

/** What `--version` prints. */
export function versionText(): string {
  const target = TARGET ?? `${process.platform}-${process.arch}`;
  return `rolecall ${VERSION} (${runtimeName()}, ${target})\ncommit ${COMMIT ?? "unknown"}\n`;
}

/**
 * Prints the version if nothing else is asked for, before anything else is loaded.
 *
 * @param argv the arguments, without the name of the program.
 * @returns the exit code; undefined if the command line must be run, which also reports why the output failed.
 */
export async function printVersion(argv: readonly string[]): Promise<number | undefined> {
  return argv.length === 1 && argv[0] === "--version" && (await wroteOutput(versionText())) ? 0 : undefined;
}
