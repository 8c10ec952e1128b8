/**
 * Parses the INI format of the AWS files, which is Python's: the AWS CLI reads them with
 * `configparser.RawConfigParser`, and blocks of nested keys with botocore's `configloader`. This parser accepts the
 * same files with the same meaning, and rejects the same files with the position of the problem.
 *
 *     [section]            # text after the last ] of the line is ignored
 *     key = value          # the first = or : is the separator; this is not a comment, but part of the value
 *         second line      # a line that is indented deeper than the key continues the value, even after blank lines
 *     # a comment, with any indentation
 *     block =
 *         key = value
 */
import { type Report, type RolecallError, throwProblem } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import { type Block, parseBlock } from "./block.ts";
import type { IniDocument, IniEntry } from "./document.ts";
import { layered } from "./layered_map.ts";
import {
  duplicateKey,
  duplicateSection,
  invalidBlockLine,
  invalidLine,
  keyMissing,
  lineOutsideSection,
} from "./problems.ts";
import { linesOf, part, type Span } from "./spans.ts";

/** The section whose entries all others inherit, and the only section that may occur more than once. */
const DEFAULT = "DEFAULT";

/**
 * Parses a file, in time linear in its length.
 *
 * If `report` returns, the parser continues: a section header without `]` ends at the end of its line, a duplicate
 * section adds to the first one, the last of duplicate keys is used, and other invalid lines are skipped.
 *
 * @param file the file's path, for the positions.
 * @param report receives the problems: `file-syntax`, `duplicate-section` and `duplicate-key`, in the order of the
 * file, except that problems in blocks of `[DEFAULT]` come last. By default, the first problem is thrown.
 */
export function parseIni(text: string, file: string, report: Report = throwProblem): IniDocument {
  const sections = new Map<string, OpenSection>();
  let section: OpenSection | undefined;
  let value: OpenValue | undefined;

  for (const line of linesOf(text, file)) {
    if (isComment(line)) continue;
    if (value !== undefined && (line.text === "" || isDeeper(line, value.key))) {
      value.more.push(line);
      continue;
    }
    if (line.text === "") continue;
    if (value !== undefined) closeValue(value, report);
    const header = headerOf(line);
    if (header !== undefined) {
      section = openSection(header, sections, report);
      value = undefined;
      continue;
    }
    const problem = section === undefined ? lineOutsideSection(line) : invalidKeyLine(line);
    if (problem !== undefined) report(problem);
    if (line.text.startsWith("[") && problem !== undefined) {
      section = openBrokenHeader(line, sections);
      value = undefined;
    } else {
      // Keys before the first section belong to a section that is dropped, so that only the first key is reported.
      section ??= newSection("", line.from);
      value = separatorOf(line) > 0 ? openValue(line, section, report) : undefined;
    }
  }
  if (value !== undefined) closeValue(value, report);
  return { file, ...withDefaults(sections, report) };
}

interface OpenSection {
  readonly name: string;
  readonly from: FilePosition;
  /**
   * The line of the last duplicate of its header. A key that repeats one before this line is not reported, because the
   * duplicate section is.
   */
  repeatedAt: number;
  readonly entries: Map<string, IniEntry & Partial<Pick<Block, "invalidLines">>>;
}

/** A value that the next line may continue. */
interface OpenValue {
  readonly section: OpenSection;
  /** In lower case. */
  readonly key: Span;
  readonly written: string;
  readonly first: Span;
  readonly more: Span[];
}

function isComment(line: Span): boolean {
  return line.text.startsWith("#") || line.text.startsWith(";");
}

function isDeeper(line: Span, key: Span): boolean {
  return line.from.column > key.from.column;
}

/** The exact name in a section header: it may be blank, or contain brackets. Undefined for any other line. */
function headerOf(line: Span): Span | undefined {
  const end = line.text.startsWith("[") ? line.text.lastIndexOf("]") : -1;
  if (end < 2) return undefined;
  return { text: line.text.slice(1, end), from: { ...line.from, column: line.from.column + 1 } };
}

function openSection(header: Span, sections: Map<string, OpenSection>, report: Report): OpenSection {
  const first = sections.get(header.text);
  if (first !== undefined && header.text !== DEFAULT) {
    report(duplicateSection(header, first.from));
    first.repeatedAt = header.from.line;
  }
  const section = first ?? newSection(header.text, header.from);
  sections.set(section.name, section);
  return section;
}

/**
 * Opens the section of a header without `]` or without a name. It is dropped if it has no name, or if a section of that
 * name exists.
 */
function openBrokenHeader(line: Span, sections: Map<string, OpenSection>): OpenSection {
  const name = part(line, 1);
  const section = newSection(name.text.startsWith("]") ? "" : name.text, name.from);
  if (section.name !== "" && !sections.has(section.name)) sections.set(section.name, section);
  return section;
}

function newSection(name: string, from: FilePosition): OpenSection {
  return { name, from, repeatedAt: 0, entries: new Map() };
}

/** The index of a line's separator; -1 if it has none. */
function separatorOf(line: Span): number {
  return line.text.search(/[=:]/);
}

function invalidKeyLine(line: Span): RolecallError | undefined {
  const separator = separatorOf(line);
  if (separator > 0) return undefined;
  return separator < 0 ? invalidLine(line) : keyMissing(line);
}

/** @param line a line with a separator that is not its first character. */
function openValue(line: Span, section: OpenSection, report: Report): OpenValue {
  const separator = separatorOf(line);
  const written = part(line, 0, separator);
  const key = { text: written.text.toLowerCase(), from: written.from };
  const first = section.entries.get(key.text);
  // A section without a name is dropped, so its keys are not reported.
  if (first !== undefined && section.name !== "" && first.keyFrom.line > section.repeatedAt) {
    report(duplicateKey(key, first.keyFrom, section.name));
  }
  return { section, key, written: written.text, first: part(line, separator + 1), more: [] };
}

/** Adds a complete value to its section. */
function closeValue({ section, key, written, first, more }: OpenValue, report: Report): void {
  while (more.at(-1)?.text === "") more.pop();
  const value = [first, ...more].map((line) => line.text).join("\n");
  const block: Partial<Block> = value.startsWith("\n") ? parseBlock(more) : {};
  // botocore parses blocks section by section, so a block of [DEFAULT] is only parsed in the sections that inherit it.
  if (section.name !== DEFAULT) for (const line of block.invalidLines ?? []) report(invalidBlockLine(line, key.text));
  section.entries.set(key.text, { key: key.text, written, keyFrom: key.from, value, from: first.from, ...block });
}

/** All sections except `[DEFAULT]`, with the entries that they inherit from it. */
function withDefaults(all: ReadonlyMap<string, OpenSection>, report: Report): Omit<IniDocument, "file"> {
  const sections = [...all.values()].filter((section) => section.name !== DEFAULT);
  const defaultSection = all.get(DEFAULT);
  const inherited: OpenSection["entries"] = defaultSection?.entries ?? new Map();
  for (const { key, invalidLines = [] } of inherited.values()) {
    if (invalidLines.length === 0 || sections.every((section) => section.entries.has(key))) continue;
    for (const line of invalidLines) report(invalidBlockLine(line, key));
  }
  return {
    sections: sections.map(({ name, from, entries }) => ({
      name,
      from,
      entries: layered(entries, inherited),
      own: entries,
    })),
    defaultSection: defaultSection && { ...defaultSection, own: defaultSection.entries },
  };
}
