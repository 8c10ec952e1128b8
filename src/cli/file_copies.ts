/**
 * The copies of the AWS files that the command of `exec --serve` sees. What COMMAND writes to a copy is merged into the
 * original while COMMAND runs, and once more when it has ended.
 *
 * The folder also contains the base of each copy: its text when it was last the same as its original. So the edits of a
 * run whose helper process was killed are not lost: the next run finds the folder and merges them.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AwsFile } from "../deliver/shadow_files.ts";
import { RolecallError } from "../domain/errors.ts";
import { fingerprintOf } from "../files/fingerprint.ts";
import { replaceFile } from "../files/replace_file.ts";
import { asJsonObject, stringMember } from "../text/json_object.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";

type Kind = AwsFile["kind"];

/** The name of the file that lists the originals. */
const LIST = "originals.json";

const beforeName = (kind: Kind) => `${kind}.before`;

/** What the list contains. */
interface Originals {
  /** The home folder. Root writes to folders of its owner, too. */
  readonly home: string;
  /** The name that the `default` profile has in the copies. */
  readonly movedDefault: string;
  /** The path of each original whose copy COMMAND can write. */
  readonly originals: Readonly<Partial<Record<Kind, string | undefined>>>;
}

export interface FileCopy {
  readonly kind: Kind;
  readonly text: string;
  readonly original: string;
  /** If not, the copy must not be writable either, so that COMMAND's writes fail as they would on the original. */
  readonly isWritable: boolean;
}

/** Returns the files that a folder of copies consists of, by name. */
export function folderContent(
  copies: readonly FileCopy[],
  movedDefault: string,
  home: string,
): ReadonlyMap<string, string> {
  const writable = copies.filter((copy) => copy.isWritable);
  const list: Originals = {
    home,
    movedDefault,
    originals: Object.fromEntries(writable.map(({ kind, original }) => [kind, original])),
  };
  return new Map([
    ...copies.map(({ kind, text }) => [kind, text] as const),
    ...writable.map(({ kind, text }) => [beforeName(kind), text] as const),
    [LIST, JSON.stringify(list)],
  ]);
}

export interface WriteBack {
  /** Merges the edits of a copy that has not changed since the last call. A tool may still be writing the others. */
  poll(): Promise<void>;
  /**
   * Merges all edits.
   *
   * @returns why edits cannot be merged, one sentence for each copy.
   */
  finish(): Promise<readonly string[]>;
}

/**
 * Watches the copies in a folder. If another program has changed the same key in the original, the last edit counts.
 */
export function watchCopies(folder: string): WriteBack {
  const { originals, ...options } = readList(folder);
  const copies = pathsOf(originals).map((copy) => ({ ...copy, seen: "", isChanged: true }));
  return {
    async poll() {
      for (const copy of copies) {
        const now = fingerprintOf([join(folder, copy.kind)]);
        if (now !== copy.seen) copy.isChanged = true;
        else if (copy.isChanged) {
          copy.isChanged = false;
          await mergeCopy(folder, copy, options, "last-edit-counts");
        }
        copy.seen = now;
      }
    },
    async finish() {
      const problems: (string | undefined)[] = [];
      for (const copy of copies) problems.push(await mergeCopy(folder, copy, options, "last-edit-counts"));
      return problems.filter((problem) => problem !== undefined);
    },
  };
}

/**
 * Merges the edits in a folder that a killed process left behind. Unlike those of a running command, they may be old: a
 * copy is not merged if another program has changed the same key in the original.
 *
 * @returns as `WriteBack.finish`.
 */
export async function recoverCopies(folder: string): Promise<readonly string[]> {
  const problems: (string | undefined)[] = [];
  try {
    const { originals, ...options } = readList(folder);
    for (const copy of pathsOf(originals)) problems.push(await mergeCopy(folder, copy, options, "refuse-conflicts"));
  } catch (error) {
    problems.push(`cannot read ${join(folder, LIST)}: ${systemErrorMessage(error)}`);
  }
  return problems.filter((problem) => problem !== undefined);
}

/** The list is empty if the folder has no copies. */
function readList(folder: string): Originals {
  const text = textIfExists(join(folder, LIST));
  if (text === undefined) return { home: "", movedDefault: "", originals: {} };
  const list = asJsonObject(JSON.parse(text));
  const originals = asJsonObject(list?.originals);
  const path = (kind: Kind) => stringMember(originals, kind);
  return {
    home: stringMember(list, "home") ?? "",
    movedDefault: stringMember(list, "movedDefault") ?? "",
    originals: { config: path("config"), credentials: path("credentials") },
  };
}

interface CopyPaths {
  readonly kind: Kind;
  readonly original: string;
}

function pathsOf(originals: Originals["originals"]): readonly CopyPaths[] {
  return (["config", "credentials"] as const).flatMap((kind) => {
    const original = originals[kind];
    return original === undefined ? [] : [{ kind, original }];
  });
}

/** For an original that other programs edit at the same time. */
const ATTEMPTS = 5;

/** @returns why it failed, or undefined. */
async function mergeCopy(
  folder: string,
  { kind, original }: CopyPaths,
  { movedDefault, home }: Omit<Originals, "originals">,
  onConflict: "last-edit-counts" | "refuse-conflicts",
): Promise<string | undefined> {
  const path = join(folder, kind);
  try {
    const edited = textIfExists(path);
    const before = textIfExists(join(folder, beforeName(kind))) ?? "";
    if (edited === undefined || edited === before) return undefined;
    // A program that rewrites a file truncates it first. If it was killed then, it has written nothing.
    if (edited.trim() === "") throw new Error("the copy is empty");
    // Loaded only if needed: the helper process should stay small.
    const { mergeEdits } = await import("../deliver/merge_edits.ts");
    const { FileChangedError, updateFile } = await import("../files/update_file.ts");
    for (let attempt = 1; ; attempt++) {
      const text = textIfExists(original);
      const merged = mergeEdits(
        { path: original, text: text ?? "", kind },
        { kind, path, before, edited, movedDefault },
      );
      if (onConflict === "refuse-conflicts" && merged.conflicts.length > 0) {
        throw new Error(`${merged.conflicts.join(", ")} has changed in the original, too`);
      }
      try {
        if (merged.text !== text) updateFile(original, text, merged.text, home);
        break;
      } catch (error) {
        if (!(error instanceof FileChangedError) || attempt === ATTEMPTS) throw error;
      }
    }
    replaceFile(join(folder, beforeName(kind)), edited, home);
    return undefined;
  } catch (error) {
    return `cannot merge the changes in ${path} into ${original}: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  if (systemErrorCode(error) === "ERR_ENCODING_INVALID_ENCODED_DATA") return "it is not UTF-8";
  return error instanceof RolecallError ? error.message : systemErrorMessage(error);
}

/** @throws the system's error, or a TypeError for a file that is not UTF-8. */
function textIfExists(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
}
