/** Edits of the lines of an INI text that keep everything else: comments, layout and line ends. */
import type { IniEntry } from "./document.ts";
import { LINE_END } from "./spans.ts";

/**
 * Formats a key and its value.
 *
 * @param indent of the key. A key that is indented less than the next one would take that as a part of its value.
 */
export function formatEntry({ written, value }: Pick<IniEntry, "written" | "value">, indent: string): string[] {
  const [first = "", ...more] = value.split("\n");
  return [
    `${indent}${written} = ${first}`.trimEnd(),
    ...more.map((line) => (line === "" ? "" : `${indent}    ${line}`)),
  ];
}

/** The lines of a text, numbered as the parser numbers them, and edits of them. */
export class EditableLines {
  readonly #lines: readonly string[];
  readonly #firstNumber: number;
  readonly #lineEnd: string;
  /** The new text in place of a line, by line number. */
  readonly #replacements = new Map<number, readonly string[]>();
  readonly #insertions = new Map<number, readonly string[]>();
  readonly #appended: string[] = [];

  constructor(text: string, firstNumber = 1) {
    this.#lines = text.split(LINE_END);
    this.#firstNumber = firstNumber;
    this.#lineEnd = LINE_END.exec(text)?.[0] ?? "\n";
  }

  /** The number of the last line of an entry's value. Comments do not count as lines of a value. */
  lastLineOf({ keyFrom, value }: IniEntry): number {
    let missing = value.split("\n").length - 1;
    let number = keyFrom.line;
    while (missing > 0) {
      number++;
      if (!/^\s*[#;]/.test(this.#lines[number - this.#firstNumber] ?? "")) missing--;
    }
    return number;
  }

  /** The white space before a key. */
  indentOf({ keyFrom }: IniEntry): string {
    return /^\s*/.exec(this.#lines[keyFrom.line - this.#firstNumber] ?? "")?.[0] ?? "";
  }

  replace(first: number, last: number, lines: readonly string[]): void {
    for (let number = first; number <= last; number++) this.#replacements.set(number, number === first ? lines : []);
  }

  insertAfter(number: number, lines: readonly string[]): void {
    this.#insertions.set(number, [...(this.#insertions.get(number) ?? []), ...lines]);
  }

  /** Adds a section at the end. */
  append(lines: readonly string[]): void {
    this.#appended.push("", ...lines);
  }

  toString(): string {
    const result = this.#lines.flatMap((line, index) => {
      const number = index + this.#firstNumber;
      return [...(this.#replacements.get(number) ?? [line]), ...(this.#insertions.get(number) ?? [])];
    });
    if (this.#appended.length > 0) {
      while (result.at(-1)?.trim() === "") result.pop();
      result.push(...(result.length === 0 ? this.#appended.slice(1) : this.#appended));
    }
    // A text whose last line was edited ends with a line end.
    const isEdited = this.#replacements.size + this.#insertions.size + this.#appended.length > 0;
    if (isEdited && result.at(-1) !== "") result.push("");
    return result.join(this.#lineEnd);
  }
}
