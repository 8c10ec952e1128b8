/** Checks the files as a whole: whether they exist, who else can read or write them, and how they begin. */
import { join } from "node:path";
import type { SharedFile } from "../config/load.ts";
import type { FileSection } from "../config/shared_config.ts";
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { runCommand } from "../domain/help_texts.ts";
import type { FileInfo } from "../files/file_info.ts";
import { BYTE_ORDER_MARK } from "../ini/spans.ts";
import { type Finding, finding } from "./finding.ts";
import type { LintedFiles, LintInput } from "./input.ts";

/** Permission bits of the group and of all other users. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** The AWS CLI ignores a variable that names no file, so the file that was meant has no effect. */
export function* checkNames({ namedBy, fileInfo }: LintInput): Generator<Finding> {
  for (const [path, variable] of namedBy) {
    const kind = fileInfo(path)?.kind;
    if (kind !== undefined && kind !== "folder") continue;
    yield finding(
      "file-not-found",
      `${variable} names ${kind === undefined ? "a file that does not exist" : "a folder"}`,
      { file: path },
      {
        help: [`correct ${variable}, or unset it to use the file in ~/.aws`],
      },
    );
  }
}

export function* checkFiles({ config, credentials, merged }: LintedFiles, input: LintInput): Generator<Finding> {
  const profiles = [...merged.profiles.values()];
  const hasSecret = (section: FileSection | undefined) =>
    section !== undefined && SECRET_KEYS.some((key) => section.settings.has(key));
  for (const [file, hasSecrets] of [
    [config, profiles.some(({ inConfig }) => hasSecret(inConfig))],
    [credentials, profiles.some(({ inCredentials }) => hasSecret(inCredentials))],
  ] as const) {
    if (file === undefined) continue;
    yield* checkByteOrderMark(file);
    yield* checkMode(file.path, input.fileInfo(file.path), hasSecrets);
  }
  yield* checkFolder(join(input.home, ".aws"), input);
}

/** The fix is safe: a byte order mark has no other meaning, and rolecall skips it. */
function* checkByteOrderMark({ path, text }: SharedFile): Generator<Finding> {
  if (!text.startsWith(BYTE_ORDER_MARK)) return;
  const at = { file: path, line: 1, column: 1 };
  yield finding("byte-order-mark", "the file begins with a byte order mark, which the AWS CLI rejects", at, {
    help: ["save the file as UTF-8 without a byte order mark"],
    fix: {
      kind: "edit",
      edits: [{ at, old: BYTE_ORDER_MARK, replacement: "" }],
      result: "removed the byte order mark",
    },
  });
}

/** The fix is safe: programs that run as the owner of the file keep their access. */
function* checkMode(path: string, info: FileInfo | undefined, hasSecrets: boolean): Generator<Finding> {
  if (info?.kind !== "file" || info.mode === undefined) return;
  const forbidden = hasSecrets ? OTHERS : OTHERS_WRITE;
  if ((info.mode & forbidden) === 0) return;
  const access = (info.mode & OTHERS_WRITE) !== 0 ? "write" : "read";
  yield finding(
    "file-mode",
    `other users can ${access} this file${hasSecrets ? ", which contains secrets" : ""} (mode ${octal(info.mode)})`,
    { file: path },
    { help: [runCommand(`chmod 600 ${path}`)], fix: modeFix(path, info.mode, 0o600) },
  );
}

/** Checks `~/.aws` only. A folder that a variable points to may be shared, such as `/tmp`. */
function* checkFolder(path: string, { paths, fileInfo }: LintInput): Generator<Finding> {
  const isUsed = [paths.configFile, paths.credentialsFile].some((file) => file.startsWith(path));
  const folder = fileInfo(path);
  if (!isUsed || folder?.kind !== "folder" || folder.mode === undefined || (folder.mode & OTHERS) === 0) return;
  const mode = octal(folder.mode);
  const details = { help: [runCommand(`chmod 700 ${path}`)], fix: modeFix(path, folder.mode, 0o700) };
  yield (folder.mode & OTHERS_WRITE) === 0
    ? finding("folder-mode", `other users can access this folder (mode ${mode})`, { file: path }, details)
    : finding("file-mode", `other users can replace files in this folder (mode ${mode})`, { file: path }, details);
}

function modeFix(path: string, before: number, mode: number) {
  return { kind: "mode", path, mode, result: `changed the mode from ${octal(before)} to ${octal(mode)}` } as const;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
