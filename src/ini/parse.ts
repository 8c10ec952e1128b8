/**
 * The INI format of the AWS files, which is Python's: the AWS CLI reads them with `configparser.RawConfigParser`, and
 * the blocks of nested keys with a few lines of its own (botocore's `configloader`). What they accept is accepted here
 * and means the same; what they refuse is refused, with its place.
 *
 *     [section]            # whatever follows the line's last ] is ignored
 *     key = value          # = or :, whichever comes first; this is no comment, but part of the value
 *         second line      # deeper than the key: the value goes on, also after blank lines
 *     # a comment, anywhere, at any depth
 *     block =
 *         key = value
 */
import { type Report, type RolecallError, throwProblem } from "../domain/errors.ts";
import type { FilePosition } from "../domain/origin.ts";
import { type Block, readBlock } from "./block.ts";
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

/** The section that lends its entries to all others, and the only one that may come twice. */
const DEFAULT = "DEFAULT";

/**
 * Parses a file, in time linear in its length.
 *
 * A report that returns lets the parser go on where a person would: a section's name without an end ends with its line, a
 * second section of one name adds to the first, of a key that comes twice the last counts, and other lines that are
 * nothing are left out.
 *
 * @param file the file's path, for the places.
 * @param report gets what is wrong, as `file-syntax`, `duplicate-section` or `duplicate-key`, from the top of the file to
 * its end, but for blocks of `[DEFAULT]`, which come last. Without one the first is thrown.
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
    if (value !== undefined) close(value, report);
    const header = headerOf(line);
    if (header !== undefined) {
      section = openSection(header, sections, report);
      value = undefined;
      continue;
    }
    const problem = section === undefined ? lineOutsideSection(line) : noKeyLine(line);
    if (problem !== undefined) report(problem);
    if (line.text.startsWith("[") && problem !== undefined) {
      section = openBrokenHeader(line, sections);
      value = undefined;
    } else {
      // Keys before the first section are read into one that nobody sees: what is wrong is told once, not for each.
      section ??= newSection("", line.from);
      value = separatorOf(line) > 0 ? openValue(line, section, report) : undefined;
    }
  }
  if (value !== undefined) close(value, report);
  return { file, ...withDefaults(sections, report) };
}

interface OpenSection {
  readonly name: string;
  readonly from: FilePosition;
  readonly entries: Map<string, IniEntry & Partial<Pick<Block, "wrongLines">>>;
}

/** A value that may go on in the next line. */
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

/** The name that a section's line gives, to the letter: it may be blank, or hold brackets. */
function headerOf(line: Span): Span | undefined {
  const end = line.text.startsWith("[") ? line.text.lastIndexOf("]") : -1;
  if (end < 2) return undefined;
  return { text: line.text.slice(1, end), from: { ...line.from, column: line.from.column + 1 } };
}

function openSection(header: Span, sections: Map<string, OpenSection>, report: Report): OpenSection {
  const first = sections.get(header.text);
  if (first !== undefined && header.text !== DEFAULT) report(duplicateSection(header, first.from));
  const section = first ?? newSection(header.text, header.from);
  sections.set(section.name, section);
  return section;
}

/** The section of a line that has no `]`, or nothing before it. One whose name is in use gets none: nobody sees it. */
function openBrokenHeader(line: Span, sections: Map<string, OpenSection>): OpenSection {
  const name = part(line, 1);
  const section = newSection(name.text.startsWith("]") ? "" : name.text, name.from);
  if (section.name !== "" && !sections.has(section.name)) sections.set(section.name, section);
  return section;
}

function newSection(name: string, from: FilePosition): OpenSection {
  return { name, from, entries: new Map() };
}

/** Where a line's key ends; -1 where it has no separator. */
function separatorOf(line: Span): number {
  return line.text.search(/[=:]/);
}

function noKeyLine(line: Span): RolecallError | undefined {
  const separator = separatorOf(line);
  if (separator > 0) return undefined;
  return separator < 0 ? invalidLine(line) : keyMissing(line);
}

/** @param line one with a separator, and something before it. */
function openValue(line: Span, section: OpenSection, report: Report): OpenValue {
  const separator = separatorOf(line);
  const written = part(line, 0, separator);
  const key = { text: written.text.toLowerCase(), from: written.from };
  const first = section.entries.get(key.text);
  // (A section without a name is one that nobody sees.)
  if (first !== undefined && section.name !== "") report(duplicateKey(key, first.keyFrom, section.name));
  return { section, key, written: written.text, first: part(line, separator + 1), more: [] };
}

/** The value is complete: its section gets it. */
function close({ section, key, written, first, more }: OpenValue, report: Report): void {
  while (more.at(-1)?.text === "") more.pop();
  const value = [first, ...more].map((line) => line.text).join("\n");
  const block: Partial<Block> = value.startsWith("\n") ? readBlock(more) : {};
  // Blocks are read section by section, so one of [DEFAULT] matters only to the sections that borrow it.
  if (section.name !== DEFAULT) for (const line of block.wrongLines ?? []) report(invalidBlockLine(line, key.text));
  section.entries.set(key.text, { key: key.text, written, keyFrom: key.from, value, from: first.from, ...block });
}

/** All sections but `[DEFAULT]`, with what it lends them. */
function withDefaults(read: ReadonlyMap<string, OpenSection>, report: Report): Omit<IniDocument, "file"> {
  const sections = [...read.values()].filter((section) => section.name !== DEFAULT);
  const lender = read.get(DEFAULT);
  const lent: OpenSection["entries"] = lender?.entries ?? new Map();
  for (const { key, wrongLines = [] } of lent.values()) {
    if (wrongLines.length === 0 || !sections.some((section) => !section.entries.has(key))) continue;
    for (const line of wrongLines) report(invalidBlockLine(line, key));
  }
  return {
    sections: sections.map(({ name, from, entries }) => ({
      name,
      from,
      entries: layered(entries, lent),
      own: entries,
    })),
    defaultSection: lender === undefined ? undefined : { ...lender, own: lender.entries },
  };
}
