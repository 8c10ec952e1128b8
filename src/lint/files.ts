/** The files as such: who else may read or write them, and what stands before their first line. */
import { join } from "node:path";
import type { SharedFile } from "../config/load.ts";
import type { FileSection } from "../config/shared_config.ts";
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import type { FileInfo } from "../files/file_info.ts";
import { BYTE_ORDER_MARK } from "../ini/spans.ts";
import { type Finding, finding } from "./finding.ts";
import type { LintedFiles, LintInput } from "./input.ts";

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** What a variable names and is no file is passed over, as in the AWS CLI. */
export function* checkNames({ namedBy, facts }: LintInput): Generator<Finding> {
  for (const [path, variable] of namedBy) {
    const kind = facts(path)?.kind;
    if (kind !== undefined && kind !== "folder") continue;
    yield finding(
      "file-not-found",
      `${variable} names ${kind === undefined ? "a file that is not there" : "a folder"}`,
      { file: path },
      {
        help: ["correct the variable, or unset it: the usual file is in ~/.aws"],
      },
    );
  }
}

export function* checkFiles({ config, credentials, merged }: LintedFiles, subject: LintInput): Generator<Finding> {
  const sections = [...merged.profiles.values()];
  const secret = (section: FileSection | undefined) =>
    section !== undefined && SECRET_KEYS.some((key) => section.settings.has(key));
  for (const [file, holdsSecrets] of [
    [config, sections.some(({ inConfig }) => secret(inConfig))],
    [credentials, sections.some(({ inCredentials }) => secret(inCredentials))],
  ] as const) {
    if (file === undefined) continue;
    yield* checkByteOrderMark(file);
    yield* checkMode(file.path, subject.facts(file.path), holdsSecrets);
  }
  yield* checkFolder(join(subject.home, ".aws"), subject);
}

/** Removing it is safe: it can mean nothing else, and it is read as nothing here already. */
function* checkByteOrderMark({ path, text }: SharedFile): Generator<Finding> {
  if (!text.startsWith(BYTE_ORDER_MARK)) return;
  const at = { file: path, line: 1, column: 1 };
  yield finding("byte-order-mark", "the file begins with a byte order mark", at, {
    help: ["the AWS CLI refuses such a file; rolecall skips the mark", "save it as UTF-8 without BOM"],
    fix: {
      kind: "edit",
      edits: [{ at, old: BYTE_ORDER_MARK, replacement: "" }],
      result: "the byte order mark is gone",
    },
  });
}

/** Taking rights from others is safe: no program that runs as the files' owner needs them. */
function* checkMode(path: string, facts: FileInfo | undefined, holdsSecrets: boolean): Generator<Finding> {
  if (facts?.kind !== "file" || facts.mode === undefined) return;
  const forbidden = holdsSecrets ? OTHERS : OTHERS_WRITE;
  if ((facts.mode & forbidden) === 0) return;
  const what = (facts.mode & OTHERS_WRITE) !== 0 ? "write" : "read";
  yield finding(
    "file-mode",
    `others than its owner can ${what} this file${holdsSecrets ? ", and it holds secrets" : ""} (mode ${octal(facts.mode)})`,
    { file: path },
    { help: [`chmod 600 ${path}`], fix: modeFix(path, facts.mode, 0o600) },
  );
}

/** Only `~/.aws` itself: a folder that a variable leads to may be anybody's, `/tmp` say. */
function* checkFolder(path: string, { paths, facts }: LintInput): Generator<Finding> {
  const within = [paths.configFile, paths.credentialsFile].some((file) => file.startsWith(path));
  const folder = facts(path);
  if (!within || folder?.kind !== "folder" || folder.mode === undefined || (folder.mode & OTHERS) === 0) return;
  const mode = octal(folder.mode);
  const details = { help: [`chmod 700 ${path}`], fix: modeFix(path, folder.mode, 0o700) };
  yield (folder.mode & OTHERS_WRITE) === 0
    ? finding("folder-mode", `others than its owner can look into this folder (mode ${mode})`, { file: path }, details)
    : finding(
        "file-mode",
        `others than its owner can replace files in this folder (mode ${mode})`,
        { file: path },
        details,
      );
}

function modeFix(path: string, before: number, mode: number) {
  return { kind: "mode", path, mode, result: `mode ${octal(before)} is now ${octal(mode)}` } as const;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
