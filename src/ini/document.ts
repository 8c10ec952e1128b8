/** The result of the INI parser: sections and keys with their positions. Knows nothing of AWS. */
import type { FilePosition } from "../domain/origin.ts";

export interface IniDocument {
  readonly file: string;
  /**
   * By name, in the order of the file, without `[DEFAULT]`, whose entries every section already includes. Most sections
   * are only parsed when they are read.
   */
  readonly sections: ReadonlyMap<string, IniSection>;
  /** `[DEFAULT]` itself, if there is one. */
  readonly defaultSection: IniSection | undefined;
}

export interface IniSection {
  /** The exact text between the brackets. */
  readonly name: string;
  /** The position of the name, after the bracket. */
  readonly from: FilePosition;
  /** By key, in lower case. Includes the entries of `[DEFAULT]` that the section does not override. */
  readonly entries: ReadonlyMap<string, IniEntry>;
  /** The entries without those of `[DEFAULT]`. */
  readonly own: ReadonlyMap<string, IniEntry>;
}

export interface IniEntry {
  readonly key: string;
  /** The key as written in the file. */
  readonly written: string;
  /** The position of the key. */
  readonly keyFrom: FilePosition;
  /** Trimmed. The lines of a continued value are joined with newlines. */
  readonly value: string;
  /** The position of the value's first line, even if that is empty. */
  readonly from: FilePosition;
  /** The nested keys of a block, a value that starts on the line below its key. They keep their case. */
  readonly nested?: ReadonlyMap<string, IniEntry> | undefined;
}
