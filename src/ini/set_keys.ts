/** Sets and removes keys of a section, as `aws configure set` does, and keeps the rest of the file as it is. */
import type { IniSection } from "./document.ts";
import { EditableLines, formatEntry } from "./editable_lines.ts";
import { parseIni } from "./parse.ts";

/**
 * The text with the keys set. A section that the file does not have is added at its end.
 *
 * @param path of the file, for the positions of problems.
 * @param isSection whether a section, by the text between its brackets, is the one to change. If several are, the last
 *   one is changed: it is the one that the AWS CLI reads.
 * @param newName the text between the brackets of a section that is added.
 * @param values by key, in lower case. A value has one line; a key without one is removed.
 * @throws RolecallError if the file, or the result, cannot be parsed.
 */
export function setKeys(
  text: string,
  path: string,
  isSection: (name: string) => boolean,
  newName: string,
  values: ReadonlyMap<string, string | undefined>,
): string {
  const lines = new EditableLines(text);
  const section = [...parseIni(text, path).sections.values()].findLast(({ name }) => isSection(name));
  if (section === undefined) {
    const entries = [...values].flatMap(([written, value]) =>
      value === undefined ? [] : formatEntry({ written, value }, ""),
    );
    lines.append([`[${newName}]`, ...entries]);
  } else setKeysIn(section, lines, values);
  const edited = lines.toString();
  // A file that cannot be parsed would break every AWS tool.
  parseIni(edited, path);
  return edited;
}

function setKeysIn(section: IniSection, lines: EditableLines, values: ReadonlyMap<string, string | undefined>): void {
  const last = [...section.own.values()].sort((a, b) => a.keyFrom.line - b.keyFrom.line).at(-1);
  for (const [key, value] of values) {
    const old = section.own.get(key);
    if (old !== undefined) {
      const { written } = old;
      const edited = value === undefined ? [] : formatEntry({ written, value }, lines.indentOf(old));
      lines.replace(old.keyFrom.line, lines.lastLineOf(old), edited);
      continue;
    }
    if (value === undefined) continue;
    const indent = last === undefined ? "" : lines.indentOf(last);
    const after = last === undefined ? section.from.line : lines.lastLineOf(last);
    lines.insertAfter(after, formatEntry({ written: key, value }, indent));
  }
}
