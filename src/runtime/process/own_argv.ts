/** How this program is started once more. */

/** Where the files of a compiled program seem to be. */
const COMPILED = "/$bunfs/";

/** The words that start this very program, also where its file has been replaced since. */
export function ownArgv(): readonly string[] {
  const script = process.argv[1] ?? "";
  const executable = process.platform === "linux" ? "/proc/self/exe" : process.execPath;
  return script.startsWith(COMPILED) ? [executable] : [process.execPath, script];
}
