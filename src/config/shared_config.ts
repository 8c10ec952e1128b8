/** The types of the merged AWS files: `merge.ts` makes the values, and `plan/` reads them. */

import type { FilePosition } from "../domain/origin.ts";
import type { IniEntry } from "../ini/document.ts";
import type { SharedConfigPaths } from "./locate.ts";

export interface Setting {
  readonly value: string;
  /** The position of the value. */
  readonly from: FilePosition;
  /** The nested keys of a block such as `s3 =`, or `sts =` in a services section. */
  readonly nested?: ReadonlyMap<string, Setting> | undefined;
}

/** A section of one file, with its name in that file. */
export interface FileSection {
  readonly name: string;
  readonly from: FilePosition;
  readonly settings: ReadonlyMap<string, Setting>;
  /** The settings of the section itself, without those of `[DEFAULT]`. */
  readonly own: ReadonlyMap<string, IniEntry>;
}

export interface Profile {
  readonly name: string;
  /** The position of the section in the config file, or in the credentials file if it is only there. */
  readonly from: FilePosition;
  /** The settings of both files; a key of the credentials file overrides that of the config file. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** The section in each file. Static keys are read from one of the two, never from both. */
  readonly inConfig?: FileSection | undefined;
  readonly inCredentials?: FileSection | undefined;
}

export interface SharedConfig extends SharedConfigPaths {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly ssoSessions: ReadonlyMap<string, FileSection>;
  readonly services: ReadonlyMap<string, FileSection>;
  /** Sections of the config file of an unknown kind, such as `[foo]`, by their names: for help lines and for `check`. */
  readonly unknownSections: ReadonlyMap<string, FileSection>;
  /** The names of those sections without the white space around them, each with the name of the first such section. */
  readonly lookalikes: ReadonlyMap<string, string>;
  /** Sections of the config file without effect, because a later section for the same profile replaces them. */
  readonly replacedSections: readonly { readonly section: FileSection; readonly by: FileSection }[];
}
