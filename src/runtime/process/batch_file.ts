/**
 * The command line of a batch file. Windows runs such a file with cmd.exe, which reads the arguments a second time: as a
 * command, in which `&` starts another one and `%NAME%` is replaced (CVE-2024-24576). The rules for C programs, by which a
 * runtime quotes arguments, are no protection.
 */
import type { Environment } from "../../domain/environment.ts";

/** Whether cmd.exe runs the file. Windows ignores dots and blanks at the end of the name (CVE-2024-43402). */
export function isBatchFile(file: string): boolean {
  return /\.(?:bat|cmd)[. ]*$/i.test(file);
}

/** Full, because a program of this name may be in the current folder. */
export function commandProcessor({ SYSTEMROOT: root = "C:\\Windows" }: Environment): string {
  return `${root}\\System32\\cmd.exe`;
}

/**
 * The arguments with which cmd.exe runs a batch file, to be joined by blanks as they are.
 *
 * @returns undefined if an argument contains a line break or a NUL, which a command line cannot carry.
 */
export function batchArguments(file: string, args: readonly string[]): readonly string[] | undefined {
  if ([file, ...args].some((text) => /[\r\n\0]/.test(text))) return undefined;
  const words = [quoted(file), ...args.map((arg) => (/^[\w#$*+./:@-]+$/.test(arg) ? arg : quoted(arg)))];
  // Extensions on, delayed expansion (`!NAME!`) off, no AutoRun from the registry. /s: only the outer quotes are removed.
  return ["/e:on", "/v:off", "/d", "/s", "/c", `"${words.join(" ")}"`];
}

/**
 * Between quotes, cmd.exe only replaces variables. A quote is doubled, which both cmd.exe and programs read as one quote;
 * for programs, backslashes before a quote are doubled, too. Before each `%`, a variable that is always empty, the part
 * of no characters of `%cd%`, takes the place of a name.
 */
function quoted(text: string): string {
  const escaped = text
    .replace(/(\\*)"/g, '$1$1""')
    .replace(/\\+$/, "$&$&")
    .replaceAll("%", "%%cd:~,%");
  return `"${escaped}"`;
}
