/** Checks the files as a whole: whether they exist, who else can read or write them, and how they begin. */
import { basename, dirname, join } from "node:path";
import type { SharedFile } from "../config/load.ts";
import type { FileSection } from "../config/shared_config.ts";
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { runCommand } from "../domain/help_texts.ts";
import type { FileInfo } from "../files/file_info.ts";
import { BYTE_ORDER_MARK } from "../ini/spans.ts";
import { pathArgument, shellCommand } from "../text/shell.ts";
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
    yield* checkMode(file.path, hasSecrets, input);
    yield* checkOwner(file.path, input);
  }
  const awsFolder = join(input.home, ".aws");
  yield* checkFolder(awsFolder, input);
  yield* checkOwner(awsFolder, input);
  for (const folder of CACHE_FOLDERS) yield* checkCache(join(awsFolder, folder), input);
  if (input.settings !== undefined) yield* checkSettingsFile(input.settings.file, input);
}

/** Sessions of roles, tokens of IAM Identity Center, and sessions of `aws login`. */
const CACHE_FOLDERS = ["cli/cache", "sso/cache", "login/cache"];

/** A user who can write a cache can put other credentials there. The AWS CLI makes its files readable by the owner only. */
function* checkCache(path: string, input: LintInput): Generator<Finding> {
  for (const folder of [dirname(path), path]) {
    yield* checkWritableFolder(folder, input);
    yield* checkOwner(folder, input);
  }
  for (const name of input.folderEntries(path)) {
    if (!name.endsWith(".json")) continue;
    const file = join(path, name);
    yield* checkMode(file, true, input);
    yield* checkOwner(file, input);
  }
}

/** Other users may read the settings, which have no secrets and may be those of the whole machine. */
function* checkSettingsFile(path: string, input: LintInput): Generator<Finding> {
  const info = input.fileInfo(path);
  if (info?.kind !== "file") return;
  yield* checkOwner(path, input);
  if (info.mode !== undefined && (info.mode & OTHERS_WRITE) !== 0) {
    yield looseMode(
      `other users can write this file (mode ${octal(info.mode)})`,
      path,
      info,
      withoutWrite(info),
      input,
    );
  }
  // A folder that an option names may be shared, such as `/tmp`.
  const folder = dirname(path);
  if (basename(folder) !== "rolecall") return;
  yield* checkWritableFolder(folder, input);
  yield* checkOwner(folder, input);
}

function withoutWrite({ mode = 0 }: FileInfo): number {
  return mode & ~OTHERS_WRITE;
}

/** The superuser may own a file: as in a container, or for all users of the machine. */
function* checkOwner(path: string, { fileInfo, userId }: LintInput): Generator<Finding> {
  const info = fileInfo(path);
  const owner = info?.owner;
  if (owner === undefined || userId === undefined || owner === userId || owner === 0 || info?.kind === "other") return;
  yield finding(
    "file-mode",
    `this ${info?.kind} belongs to another user (user id ${owner})`,
    { file: path },
    {
      help: ["change its owner to the user who runs rolecall: the owner decides which credentials are used"],
    },
  );
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
function* checkMode(path: string, hasSecrets: boolean, input: LintInput): Generator<Finding> {
  const info = input.fileInfo(path);
  if (info?.kind !== "file" || info.mode === undefined) return;
  const forbidden = hasSecrets ? OTHERS : OTHERS_WRITE;
  if ((info.mode & forbidden) === 0) return;
  const access = (info.mode & OTHERS_WRITE) !== 0 ? "write" : "read";
  const secrets = hasSecrets ? ", which contains secrets" : "";
  yield looseMode(`other users can ${access} this file${secrets} (mode ${octal(info.mode)})`, path, info, 0o600, input);
}

/** Checks `~/.aws` only. A folder that a variable points to may be shared, such as `/tmp`. */
function* checkFolder(path: string, input: LintInput): Generator<Finding> {
  const { paths, fileInfo } = input;
  const isUsed = [paths.configFile, paths.credentialsFile].some((file) => file.startsWith(path));
  const folder = fileInfo(path);
  if (!isUsed || folder?.kind !== "folder" || folder.mode === undefined || (folder.mode & OTHERS) === 0) return;
  const mode = octal(folder.mode);
  yield (folder.mode & OTHERS_WRITE) === 0
    ? looseMode(`other users can access this folder (mode ${mode})`, path, folder, 0o700, input, "folder-mode")
    : looseMode(`other users can replace files in this folder (mode ${mode})`, path, folder, 0o700, input);
}

function* checkWritableFolder(path: string, input: LintInput): Generator<Finding> {
  const folder = input.fileInfo(path);
  if (folder?.kind !== "folder" || folder.mode === undefined || (folder.mode & OTHERS_WRITE) === 0) return;
  const message = `other users can replace files in this folder (mode ${octal(folder.mode)})`;
  yield looseMode(message, path, folder, withoutWrite(folder), input);
}

function looseMode(
  message: string,
  path: string,
  { mode: before = 0, owner }: FileInfo,
  mode: number,
  { userId }: LintInput,
  code: "file-mode" | "folder-mode" = "file-mode",
): Finding {
  const details = { help: [runCommand(shellCommand(["chmod", mode.toString(8), pathArgument(path)]))] };
  // Only the owner and root can change a mode.
  if (userId !== 0 && owner !== userId) return finding(code, message, { file: path }, details);
  const result = `changed the mode from ${octal(before)} to ${octal(mode)}`;
  return finding(code, message, { file: path }, { ...details, fix: { kind: "mode", path, mode, result } });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
