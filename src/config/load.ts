/** Reads the AWS config and credentials files. */
import { type Report, RolecallError, throwProblem } from "../domain/errors.ts";
import type { IniDocument } from "../ini/document.ts";
import { parseIni } from "../ini/parse.ts";
import { LINE_END } from "../ini/spans.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { foreignEncoding } from "./encoding.ts";
import type { SharedConfigPaths } from "./locate.ts";
import { mergeSharedConfig } from "./merge.ts";
import type { SharedConfig } from "./shared_config.ts";

/** One of the two files, after parsing. */
export interface SharedFile {
  readonly path: string;
  /** Includes a byte order mark. */
  readonly text: string;
  readonly document: IniDocument;
}

/**
 * Reads, parses and merges both files. A file that does not exist is not an error. As in the AWS CLI, a file that cannot
 * be parsed is an error even if the chosen profile does not need it.
 *
 * @param readFile as in `Effects`.
 * @param texts receives the text of each file, by path, so that errors can show the line.
 * @throws RolecallError as `readSharedFile` does.
 */
export function loadSharedConfig(
  paths: SharedConfigPaths,
  readFile: (path: string) => Uint8Array | undefined,
  texts: Map<string, string>,
): SharedConfig {
  const load = (path: string) => readSharedFile(path, readFile, texts)?.document;
  return mergeSharedConfig(load(paths.configFile), load(paths.credentialsFile), paths);
}

/**
 * Reads and parses one of the files. The parameters are those of `loadSharedConfig`.
 *
 * @param report receives `file-unreadable`, `file-not-utf8` and the problems of `parseIni`. By default, the first problem
 *   is thrown.
 * @returns undefined if the file does not exist or cannot be read.
 */
export function readSharedFile(
  path: string,
  readFile: (path: string) => Uint8Array | undefined,
  texts: Map<string, string>,
  report: Report = throwProblem,
): SharedFile | undefined {
  const text = readText(path, readFile, report);
  if (text === undefined) return undefined;
  texts.set(path, text);
  return { path, text, document: parseIni(text, path, report) };
}

function readText(
  path: string,
  readFile: (path: string) => Uint8Array | undefined,
  report: Report,
): string | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFile(path);
  } catch (error) {
    const code = systemErrorCode(error);
    // The AWS CLI ignores a path that is not a file (`os.path.isfile`).
    if (code === "EISDIR" || code === "ENOTDIR") return undefined;
    report(
      new RolecallError("file-unreadable", `${path} cannot be read: ${systemErrorMessage(error)}`, {
        cause: error,
        help: code === "EACCES" ? ["make the file readable for its owner: chmod u+r"] : [],
      }),
    );
    return undefined;
  }
  if (bytes === undefined) return undefined;
  const encoding = foreignEncoding(bytes);
  if (encoding !== undefined) {
    const { what, help } = encoding;
    report(new RolecallError("file-not-utf8", `${path} is ${what}`, { at: { file: path, line: 1, column: 1 }, help }));
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    report(
      new RolecallError("file-not-utf8", `${path} is not UTF-8`, {
        at: { file: path, ...positionOfInvalidByte(bytes) },
        help: ["save it as UTF-8"],
      }),
    );
    return undefined;
  }
}

/** The line and column of the first byte that is not valid UTF-8. */
function positionOfInvalidByte(bytes: Uint8Array): { line: number; column: number } {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const before = decoder.decode(bytes).split("\ufffd", 1)[0] ?? "";
  const lines = before.split(LINE_END);
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}
