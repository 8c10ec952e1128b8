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
import type { FilePlace } from "../origin.ts";
import { type Block, readBlock } from "./block.ts";
import type { IniDocument, IniEntry, IniSection } from "./document.ts";
import { layered } from "./layered_map.ts";
import {
  keyMissing,
  keyTwice,
  neitherKeyNorSection,
  outsideOfSections,
  sectionTwice,
  wrongBlockLine,
} from "./problems.ts";
import { linesOf, part, type Span } from "./spans.ts";

/** The section that lends its entries to all others, and the only one that may come twice. */
const DEFAULT = "DEFAULT";

/**
 * Parses a file, in time linear in its length.
 *
 * @param file the file's path, for the places.
 * @throws RolecallError `file-syntax`, `duplicate-section` or `duplicate-key`, for the first thing in the file that is
 * wrong.
 */
export function parseIni(text: string, file: string): IniDocument {
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
    if (value !== undefined) close(value);
    const header = headerOf(line);
    if (header !== undefined) {
      section = openSection(header, sections);
      value = undefined;
    } else {
      if (section === undefined) throw outsideOfSections(line);
      value = openValue(line, section);
    }
  }
  if (value !== undefined) close(value);
  return { file, sections: withDefaults(sections) };
}

interface OpenSection {
  readonly name: string;
  readonly from: FilePlace;
  readonly entries: Map<string, IniEntry & Pick<Block, "wrongLine">>;
}

/** A value that may go on in the next line. */
interface OpenValue {
  readonly section: OpenSection;
  readonly key: Span;
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

function openSection(header: Span, sections: Map<string, OpenSection>): OpenSection {
  const first = sections.get(header.text);
  if (first !== undefined && header.text !== DEFAULT) throw sectionTwice(header, first.from);
  const section = first ?? { name: header.text, from: header.from, entries: new Map(), wrongBlocks: new Map() };
  sections.set(section.name, section);
  return section;
}

function openValue(line: Span, section: OpenSection): OpenValue {
  const separator = line.text.search(/[=:]/);
  if (separator < 0) throw neitherKeyNorSection(line);
  if (separator === 0) throw keyMissing(line);
  const written = part(line, 0, separator);
  const key = { text: written.text.toLowerCase(), from: written.from };
  const first = section.entries.get(key.text);
  if (first !== undefined) throw keyTwice(key, first.keyFrom, section.name);
  return { section, key, first: part(line, separator + 1), more: [] };
}

/** The value is complete: its section gets it. */
function close({ section, key, first, more }: OpenValue): void {
  while (more.at(-1)?.text === "") more.pop();
  const value = [first, ...more].map((line) => line.text).join("\n");
  const block: Partial<Block> = value.startsWith("\n") ? readBlock(more) : {};
  // Blocks are read section by section, so one of [DEFAULT] matters only to the sections that borrow it.
  if (block.wrongLine !== undefined && section.name !== DEFAULT) throw wrongBlockLine(block.wrongLine, key.text);
  section.entries.set(key.text, { key: key.text, keyFrom: key.from, value, from: first.from, ...block });
}

/** All sections but `[DEFAULT]`, with what it lends them. */
function withDefaults(read: ReadonlyMap<string, OpenSection>): IniSection[] {
  const sections = [...read.values()].filter((section) => section.name !== DEFAULT);
  const lent: OpenSection["entries"] = read.get(DEFAULT)?.entries ?? new Map();
  for (const { key, wrongLine } of lent.values()) {
    if (wrongLine !== undefined && sections.some((section) => !section.entries.has(key))) {
      throw wrongBlockLine(wrongLine, key);
    }
  }
  return sections.map(({ name, from, entries }) => ({ name, from, entries: layered(entries, lent) }));
}
