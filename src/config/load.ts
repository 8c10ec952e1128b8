/** Reads the two AWS files. */
import { RolecallError } from "../errors.ts";
import type { IniDocument } from "../ini/document.ts";
import { parseIni } from "../ini/parse.ts";
import type { SharedConfigPaths } from "./locate.ts";
import { mergeSharedConfig } from "./merge.ts";
import type { SharedConfig } from "./shared_config.ts";

/**
 * Reads, parses and merges both files. A file that is absent is no error; one that cannot be parsed is, also where it
 * would not be needed: as in the AWS CLI.
 *
 * @param readFile as in `Effects`.
 * @param texts gets the text of each file that was read, by path: errors show the line.
 * @throws RolecallError `file-unreadable`, `file-not-utf8`, or what the parser finds.
 */
export function loadSharedConfig(
  paths: SharedConfigPaths,
  readFile: (path: string) => Uint8Array | undefined,
  texts: Map<string, string>,
): SharedConfig {
  const load = (path: string): IniDocument | undefined => {
    const text = readText(path, readFile);
    if (text === undefined) return undefined;
    texts.set(path, text);
    return parseIni(text, path);
  };
  return mergeSharedConfig(load(paths.configFile), load(paths.credentialsFile), paths);
}

function readText(path: string, readFile: (path: string) => Uint8Array | undefined): string | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    // For the AWS CLI only what is a file is there.
    if (code === "EISDIR" || code === "ENOTDIR") return undefined;
    throw new RolecallError("file-unreadable", `${path} cannot be read: ${code}`, {
      cause: error,
      help: code === "EACCES" ? ["give its owner, or yourself, the right to read it: chmod u+r"] : [],
    });
  }
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RolecallError("file-not-utf8", `${path} is not UTF-8`, {
      at: { file: path, ...placeOfBadByte(bytes) },
      help: [looksLikeUtf16(bytes) ? "it looks like UTF-16; save it as UTF-8" : "save it as UTF-8"],
    });
  }
}

/** The line and column of the first byte that is no UTF-8: the longest beginning that decodes ends before it. */
function placeOfBadByte(bytes: Uint8Array): { line: number; column: number } {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const before = decoder.decode(bytes).split("\ufffd", 1)[0] ?? "";
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

function looksLikeUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}
