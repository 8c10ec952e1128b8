/** What the INI parser makes of a text: sections and keys, each with its place. It knows nothing of AWS. */
import type { FilePosition } from "../domain/origin.ts";

export interface IniDocument {
  readonly file: string;
  /** In the order of the file. `[DEFAULT]` is not among them: each section has its entries already. */
  readonly sections: readonly IniSection[];
  /** `[DEFAULT]` itself, where there is one. */
  readonly defaultSection: IniSection | undefined;
}

export interface IniSection {
  /** What stands between the brackets, to the letter. */
  readonly name: string;
  /** Where the name begins, after the bracket. */
  readonly from: FilePosition;
  /** By key; keys are lower case. A section's own entry wins over one that `[DEFAULT]` lends it. */
  readonly entries: ReadonlyMap<string, IniEntry>;
  /** The same without what `[DEFAULT]` lends. */
  readonly own: ReadonlyMap<string, IniEntry>;
}

export interface IniEntry {
  readonly key: string;
  /** The key as it stands in the file. */
  readonly written: string;
  /** Where the key begins. */
  readonly keyFrom: FilePosition;
  /** Trimmed; the lines of a value that goes on are joined by a newline. */
  readonly value: string;
  /** Where the value's first line begins; for an empty one, where it would. */
  readonly from: FilePosition;
  /** The `key = value` lines of a value that begins on the line after its key; their keys keep their case. */
  readonly nested?: ReadonlyMap<string, IniEntry> | undefined;
}
