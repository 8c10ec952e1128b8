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
import type { IniDocument, IniEntry, IniSection } from "./document.ts";
import { layered } from "./layered_map.ts";
import { LazyMap } from "./lazy_map.ts";
import { type KnownKeys, type PlainSection, plainEntries, plainSectionAt } from "./plain_sections.ts";
import {
  duplicateKey,
  duplicateSection,
  invalidBlockLine,
  invalidLine,
  keyMissing,
  lineOutsideSection,
} from "./problems.ts";
import { endOfLine, part, type Source, type Span, trimmed, withNewlines } from "./spans.ts";

/** The section whose entries all others inherit, and the only section that may occur more than once. */
const DEFAULT = "DEFAULT";

/**
 * Parses a file, in time linear in its length. The entries of a section that certainly has no problems are parsed when the
 * section is first read.
 *
 * If `report` returns, the parser continues: a section header without `]` ends at the end of its line, a duplicate
 * section adds to the first one, the last of duplicate keys is used, and other invalid lines are skipped.
 *
 * @param file the file's path, for the positions.
 * @param report receives the problems: `file-syntax`, `duplicate-section` and `duplicate-key`, in the order of the
 * file, except that problems in blocks of `[DEFAULT]` come last. By default, the first problem is thrown.
 */
export function parseIni(text: string, file: string, report: Report = throwProblem): IniDocument {
  const source = { text: withNewlines(text), file };
  const knownKeys: KnownKeys = new Map();
  const parser = new LineParser(source, report);
  let line = 1;
  for (let at = 0; at < source.text.length; ) {
    const plain = source.text.startsWith("[", at) ? plainSectionAt(source.text, at, line, knownKeys) : undefined;
    if (plain !== undefined && parser.addPlain(plain)) {
      at = plain.end;
      line += plain.lines;
    } else {
      at = parser.readLine(at, line);
      line++;
    }
  }
  return { file, ...withDefaults(parser.finish(), source, report) };
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

type Sections = Map<string, OpenSection | PlainSection>;

/** A value that the next line may continue. */
interface OpenValue {
  readonly section: OpenSection;
  /** In lower case. */
  readonly key: Span;
  readonly written: string;
  readonly first: Span;
  readonly more: Span[];
}

/** Reads a file line by line. */
class LineParser {
  readonly #source: Source;
  readonly #report: Report;
  readonly #sections: Sections = new Map();
  #section: OpenSection | undefined;
  #value: OpenValue | undefined;

  constructor(source: Source, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** Adds a whole section. @returns false if its lines must be read one by one, because of its name. */
  addPlain(plain: PlainSection): boolean {
    if (plain.name === DEFAULT || this.#sections.has(plain.name)) return false;
    this.#closeValue();
    this.#sections.set(plain.name, plain);
    return true;
  }

  /** Reads the line that starts at an offset. @returns the offset of the next line. */
  readLine(start: number, number: number): number {
    const { text, file } = this.#source;
    const end = endOfLine(text, start);
    this.#read(trimmed(text.slice(start, end), file, number, 1));
    return end + 1;
  }

  /** @returns the sections, including `[DEFAULT]`. */
  finish(): Sections {
    this.#closeValue();
    return this.#sections;
  }

  #read(line: Span): void {
    if (isComment(line)) return;
    const value = this.#value;
    if (value !== undefined && (line.text === "" || isDeeper(line, value.key))) {
      value.more.push(line);
      return;
    }
    if (line.text === "") return;
    this.#closeValue();
    const header = headerOf(line);
    if (header !== undefined) {
      this.#section = openSection(header, this.#sections, this.#source, this.#report);
      return;
    }
    const separator = separatorOf(line);
    const problem = this.#section === undefined ? lineOutsideSection(line) : invalidKeyLine(line, separator);
    if (problem !== undefined) this.#report(problem);
    if (line.text.startsWith("[") && problem !== undefined) {
      this.#section = openBrokenHeader(line, this.#sections);
    } else {
      // Keys before the first section belong to a section that is dropped, so that only the first key is reported.
      this.#section ??= newSection("", line.from);
      if (separator > 0) this.#value = openValue(line, separator, this.#section, this.#report);
    }
  }

  #closeValue(): void {
    if (this.#value !== undefined) closeValue(this.#value, this.#report);
    this.#value = undefined;
  }
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

function openSection(header: Span, sections: Sections, source: Source, report: Report): OpenSection {
  const known = sections.get(header.text);
  const first = known === undefined ? undefined : asOpen(known, source);
  if (first !== undefined && header.text !== DEFAULT) {
    report(duplicateSection(header, first.from));
    first.repeatedAt = header.from.line;
  }
  const section = first ?? newSection(header.text, header.from);
  sections.set(section.name, section);
  return section;
}

function asOpen(section: OpenSection | PlainSection, source: Source): OpenSection {
  if ("entries" in section) return section;
  const from = { file: source.file, line: section.line, column: 2 };
  return newSection(section.name, from, plainEntries(source, section));
}

/**
 * Opens the section of a header without `]` or without a name. It is dropped if it has no name, or if a section of that
 * name exists.
 */
function openBrokenHeader(line: Span, sections: Sections): OpenSection {
  const name = part(line, 1);
  const section = newSection(name.text.startsWith("]") ? "" : name.text, name.from);
  if (section.name !== "" && !sections.has(section.name)) sections.set(section.name, section);
  return section;
}

function newSection(name: string, from: FilePosition, entries: OpenSection["entries"] = new Map()): OpenSection {
  return { name, from, repeatedAt: 0, entries };
}

/** The index of a line's separator; -1 if it has none. */
function separatorOf(line: Span): number {
  return line.text.search(/[=:]/);
}

function invalidKeyLine(line: Span, separator: number): RolecallError | undefined {
  if (separator > 0) return undefined;
  return separator < 0 ? invalidLine(line) : keyMissing(line);
}

/** @param separator the index of the line's separator, which is not its first character. */
function openValue(line: Span, separator: number, section: OpenSection, report: Report): OpenValue {
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
  const value = more.length === 0 ? first.text : [first, ...more].map((line) => line.text).join("\n");
  const block: Partial<Block> = value.startsWith("\n") ? parseBlock(more) : {};
  // botocore parses blocks section by section, so a block of [DEFAULT] is only parsed in the sections that inherit it.
  if (section.name !== DEFAULT) for (const line of block.invalidLines ?? []) report(invalidBlockLine(line, key.text));
  section.entries.set(key.text, { key: key.text, written, keyFrom: key.from, value, from: first.from, ...block });
}

/** All sections except `[DEFAULT]`, with the entries that they inherit from it. */
function withDefaults(all: Sections, source: Source, report: Report): Omit<IniDocument, "file"> {
  const defaults = all.get(DEFAULT);
  const defaultSection = defaults === undefined ? undefined : asOpen(defaults, source);
  all.delete(DEFAULT);
  const inherited: OpenSection["entries"] = defaultSection?.entries ?? new Map();
  const sections = new LazyMap(all, (section): IniSection => {
    const { name, from, entries } = asOpen(section, source);
    return { name, from, entries: layered(entries, inherited), own: entries };
  });
  for (const { key, invalidLines = [] } of inherited.values()) {
    if (invalidLines.length === 0 || [...sections.values()].every(({ own }) => own.has(key))) continue;
    for (const line of invalidLines) report(invalidBlockLine(line, key));
  }
  return { sections, defaultSection: defaultSection && { ...defaultSection, own: defaultSection.entries } };
}
