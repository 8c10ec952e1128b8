/**
 * Finds a command as cmd.exe does, with two differences, which Go's `exec.LookPath` has too: the current folder is
 * searched only if the name says so (`.\tool`), and so are folders of PATH that depend on it.
 */
import type { Environment } from "../../domain/environment.ts";

/** `current-folder`: the file exists, but only in the current folder, which is not searched. */
export type FoundWindowsCommand =
  | { readonly file: string }
  | { readonly missing: "not-found" | "not-executable" | "current-folder" };

/** Windows has these if `PATHEXT` is not set. */
const DEFAULT_EXTENSIONS = ".COM;.EXE;.BAT;.CMD";

/**
 * Finds a command's file.
 *
 * @param name a path if it contains a separator or a drive; otherwise the name of a file in a folder of `PATH`. Without
 *   an extension, those of `PATHEXT` are tried, in their order.
 * @param environment with names in upper case.
 * @param kindOf what there is at a path.
 */
export function findWindowsCommand(
  name: string,
  environment: Environment,
  kindOf: (path: string) => "file" | "folder" | undefined,
): FoundWindowsCommand {
  // Windows ignores dots and blanks at the end of a name. So does this check of the extension.
  const trimmed = name.replaceAll("/", "\\").replace(/[. ]+$/, "");
  if (trimmed === "") return { missing: "not-found" };
  const extensions = extensionsIn(environment.PATHEXT || DEFAULT_EXTENSIONS);
  const fileAt = (path: string) =>
    [...(hasExtension(path) ? [path] : []), ...extensions.map((extension) => path + extension)].find(
      (candidate) => kindOf(candidate) === "file",
    );
  if (isWindowsPath(trimmed)) {
    const file = fileAt(trimmed);
    if (file !== undefined) return { file };
    return { missing: kindOf(trimmed) === undefined ? "not-found" : "not-executable" };
  }
  for (const folder of foldersIn(environment.PATH ?? systemFolders(environment))) {
    const file = fileAt(`${folder}\\${trimmed}`);
    if (file !== undefined) return { file };
  }
  return { missing: fileAt(`.\\${trimmed}`) === undefined ? "not-found" : "current-folder" };
}

/** Whether the name is a path, which is not searched in `PATH`. */
export function isWindowsPath(name: string): boolean {
  return /[\\/:]/.test(name);
}

/** Windows itself always searches these. */
function systemFolders({ SYSTEMROOT: root = "C:\\Windows" }: Environment): string {
  return `${root}\\System32;${root}`;
}

/** The folders of PATH, without quotes and without a separator at the end. A semicolon between quotes separates nothing. */
function foldersIn(path: string): string[] {
  const entries = path.match(/(?:"[^"]*"?|[^;"])+/g) ?? [];
  return entries
    .map((entry) => entry.replaceAll('"', "").replaceAll("/", "\\"))
    .filter((entry) => /^(?:[a-z]:\\|\\\\)/i.test(entry))
    .map((entry) => entry.replace(/\\+$/, ""));
}

function extensionsIn(list: string): string[] {
  return list
    .split(";")
    .map((extension) => extension.trim().toLowerCase())
    .filter((extension) => extension !== "")
    .map((extension) => (extension.startsWith(".") ? extension : `.${extension}`));
}

function hasExtension(path: string): boolean {
  return /\.[^.\\:]*$/.test(path);
}
