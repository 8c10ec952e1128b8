/** The two AWS files, merged into profiles. Types here; `merge.ts` makes them, `plan/` reads them. */

import type { FilePosition } from "../domain/origin.ts";
import type { IniEntry } from "../ini/document.ts";

export interface Setting {
  readonly value: string;
  /** Where the value begins. */
  readonly from: FilePosition;
  /** For a block such as `s3 =` or, in a services section, `sts =`. */
  readonly nested?: ReadonlyMap<string, Setting> | undefined;
}

/** A section of one file, under the name that it has there. */
export interface FileSection {
  readonly name: string;
  readonly from: FilePosition;
  readonly settings: ReadonlyMap<string, Setting>;
  /** Those that stand in the section itself; `[DEFAULT]` may lend others. */
  readonly own: ReadonlyMap<string, IniEntry>;
}

export interface Profile {
  readonly name: string;
  /** The section's place: the config file's, else the credentials file's. */
  readonly from: FilePosition;
  /** Key by key, the credentials file over the config file. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** What each file says of it. The static keys are taken from one of them, never mixed. */
  readonly inConfig?: FileSection | undefined;
  readonly inCredentials?: FileSection | undefined;
}

export interface SharedConfig {
  /** Where the files are, whether or not they exist. */
  readonly configFile: string;
  readonly credentialsFile: string;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly ssoSessions: ReadonlyMap<string, FileSection>;
  readonly services: ReadonlyMap<string, FileSection>;
  /** Sections of the config file that are nothing known, `[foo]` say: for hints and for `check`. */
  readonly unknownSections: readonly FileSection[];
  /** Sections of the config file that have no effect, because a later one of the same meaning replaces them whole. */
  readonly replacedSections: readonly { readonly section: FileSection; readonly by: FileSection }[];
}
