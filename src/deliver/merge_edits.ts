/**
 * Merges the edits that COMMAND made to a copy of an AWS file into the original, key by key. The comments and the layout
 * of the original stay, and so do the changes that other programs have made to it.
 *
 * In the copy the credentials of the `default` profile are in a profile with another name (`shadow_files.ts`). Edits of
 * either profile are edits of `default` in the original.
 */
import { profileNameOf } from "../config/merge.ts";
import type { IniDocument, IniEntry, IniSection } from "../ini/document.ts";
import { EditableLines, formatEntry } from "../ini/editable_lines.ts";
import { parseIni } from "../ini/parse.ts";
import { LINE_END } from "../ini/spans.ts";
import type { AwsFile } from "./shadow_files.ts";

export interface EditedCopy {
  readonly kind: AwsFile["kind"];
  /** The path of the copy, for the positions of its problems. */
  readonly path: string;
  /** The base: the text of the copy when it was last the same as the original. */
  readonly before: string;
  readonly edited: string;
  /** The name that the `default` profile has in the copy. */
  readonly movedDefault: string;
}

export interface Merged {
  readonly text: string;
  /** What the original and the copy have changed differently, as `[section] key`. The copy's value is in the text. */
  readonly conflicts: readonly string[];
}

/**
 * Returns the original with the edits of the copy.
 *
 * @throws RolecallError if one of the texts cannot be parsed.
 */
export function mergeEdits(original: AwsFile, copy: EditedCopy): Merged {
  const before = sectionsOf(parseIni(copy.before, copy.path));
  const edited = sectionsOf(parseIni(copy.edited, copy.path));
  const target = sectionsOf(parseIni(original.text, original.path));
  const lines = new EditableLines(original.text);
  const conflicts: string[] = [];
  const originalName = (name: string) => (isDefault(name, copy) ? "default" : name);
  // The last section for a profile counts, in the original as for the AWS CLI.
  const findTarget = (name: string) =>
    target.findLast((section) => section.name === name || (name === "default" && isDefault(section.name, copy)));

  // The new `default` profile comes last, so that its edits override those of the moved one.
  const names = [...new Set([...before, ...edited].map(({ name }) => name))];
  names.sort((a, b) => Number(a === "default") - Number(b === "default"));
  const changedKeys = new Map<IniSection, Map<string, IniEntry | undefined>>();
  for (const name of names) {
    const old = before.find((section) => section.name === name);
    const now = edited.find((section) => section.name === name);
    const into = findTarget(originalName(name));
    const changes = changesOf(old, now, copy.movedDefault);
    if (into === undefined) {
      if (now !== undefined && (old === undefined || changes.size > 0)) {
        lines.append(sectionText(now, edited, copy, originalName(name)));
      }
      continue;
    }
    const base = isDefault(name, copy) ? movedDefaultOf(before, copy) : old;
    for (const [key, entry] of changes) {
      const value = into.entries.get(key)?.value;
      const baseValue = originalValue(base?.own.get(key) ?? old?.own.get(key), copy.movedDefault);
      if (value !== baseValue && value !== entry?.value) conflicts.push(`[${into.name}] ${key}`);
    }
    changedKeys.set(into, new Map([...(changedKeys.get(into) ?? []), ...changes]));
  }
  for (const [section, changes] of changedKeys) {
    const isGone = !edited.some(({ name }) => originalName(name) === originalName(section.name));
    editSection(lines, section, changes, isGone);
  }
  const text = lines.toString();
  // A file that cannot be parsed would break every AWS tool.
  parseIni(text, original.path);
  return { text, conflicts };
}

/** Includes `[DEFAULT]`, as a section like any other. */
function sectionsOf({ sections, defaultSection }: IniDocument): readonly IniSection[] {
  return [...sections.values(), ...(defaultSection === undefined ? [] : [defaultSection])];
}

/** Whether the section belongs to the `default` profile: under its own name, or under the one that it has in the copy. */
function isDefault(section: string, { kind, movedDefault }: EditedCopy): boolean {
  const profile = kind === "config" ? profileNameOf(section) : section;
  return profile === "default" || profile === movedDefault;
}

function movedDefaultOf(sections: readonly IniSection[], copy: EditedCopy): IniSection | undefined {
  return sections.find((section) => section.name !== "default" && isDefault(section.name, copy));
}

/** The keys that were set or removed, by key in lower case. A key that was removed has the value undefined. */
function changesOf(
  before: IniSection | undefined,
  after: IniSection | undefined,
  movedDefault: string,
): Map<string, IniEntry | undefined> {
  const changes = new Map<string, IniEntry | undefined>();
  for (const [key, entry] of after?.own ?? []) {
    if (before?.own.get(key)?.value !== entry.value) {
      changes.set(key, { ...entry, value: originalValue(entry, movedDefault) ?? "" });
    }
  }
  for (const key of before?.own.keys() ?? []) if (after?.own.has(key) !== true) changes.set(key, undefined);
  return changes;
}

function originalValue(entry: IniEntry | undefined, movedDefault: string): string | undefined {
  return entry?.key === "source_profile" && entry.value === movedDefault ? "default" : entry?.value;
}

function editSection(
  lines: EditableLines,
  section: IniSection,
  changes: ReadonlyMap<string, IniEntry | undefined>,
  isGone: boolean,
): void {
  const lastEntry = [...section.own.values()].sort((a, b) => a.keyFrom.line - b.keyFrom.line).at(-1);
  const last = lastEntry === undefined ? section.from.line : lines.lastLineOf(lastEntry);
  const indent = lastEntry === undefined ? "" : lines.indentOf(lastEntry);
  for (const [key, entry] of changes) {
    const old = section.own.get(key);
    if (old === undefined) {
      if (entry !== undefined) lines.insertAfter(last, formatEntry(entry, indent));
    } else if (old.value !== entry?.value) {
      lines.replace(
        old.keyFrom.line,
        lines.lastLineOf(old),
        entry === undefined ? [] : formatEntry(entry, lines.indentOf(old)),
      );
    }
  }
  const isEmpty = [...section.own.keys()].every((key) => changes.has(key) && changes.get(key) === undefined);
  if (isGone && isEmpty) lines.replace(section.from.line, section.from.line, []);
}

/** The lines of a section of the copy that the original lacks, with its comments. */
function sectionText(section: IniSection, all: readonly IniSection[], copy: EditedCopy, name: string): string[] {
  const lines = copy.edited.split(LINE_END);
  const next = Math.min(
    ...all.map(({ from }) => from.line).filter((line) => line > section.from.line),
    lines.length + 1,
  );
  const text = new EditableLines(lines.slice(section.from.line - 1, next - 1).join("\n"), section.from.line);
  if (name !== section.name) text.replace(section.from.line, section.from.line, [`[${name}]`]);
  for (const entry of section.own.values()) {
    const value = originalValue(entry, copy.movedDefault) ?? "";
    if (value !== entry.value) {
      text.replace(entry.keyFrom.line, text.lastLineOf(entry), formatEntry({ ...entry, value }, text.indentOf(entry)));
    }
  }
  return text.toString().trimEnd().split("\n");
}
