/** Command lines that need so little that nothing else is loaded for them. */
import { HELPER_ARGUMENTS } from "./helper_protocol.ts";
import { printVersion } from "./version.ts";

/**
 * Runs such a command line.
 *
 * @param argv the arguments, without the name of the program.
 * @returns the exit code; undefined for any other command line.
 */
export async function runQuickly(argv: readonly string[]): Promise<number | undefined> {
  if (argv[0] !== HELPER_ARGUMENTS.detach) return await printVersion(argv);
  (await import("../runtime/process/detach.ts")).spawnDetached(argv.slice(1));
  return 0;
}
