/** The command line that starts this program again. */

/** The folder in which a compiled program sees its own source files, on Windows and elsewhere. */
const COMPILED_ROOT = /^(?:B:[\\/]~BUN[\\/]|\/\$bunfs\/)/;

/** Returns the first arguments of such a command line. On Linux it works even if the executable has been replaced. */
export function ownArgv(): readonly string[] {
  const script = process.argv[1] ?? "";
  const executable = process.platform === "linux" ? "/proc/self/exe" : process.execPath;
  return COMPILED_ROOT.test(script) ? [executable] : [process.execPath, script];
}
