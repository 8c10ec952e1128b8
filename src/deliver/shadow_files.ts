/**
 * Copies of the AWS config and credentials files for the command of `exec --serve`.
 *
 * SDKs read the files before they call the container endpoint, so a `default` profile with credentials of any kind would
 * override the server. In the copies that profile has another name, under which other profiles still find it as their
 * `source_profile`, and a new `default` profile has only its other settings. Comments are dropped. The keys of
 * `[DEFAULT]` are copied into each section instead, because the new `default` profile must not inherit credentials.
 */
import { profileNameOf } from "../config/merge.ts";
import { MOVED_DEFAULT } from "../config/moved_default.ts";
import { isCredentialKey } from "../domain/credential_keys.ts";
import type { IniEntry, IniSection } from "../ini/document.ts";
import { parseIni } from "../ini/parse.ts";

export interface AwsFile {
  readonly path: string;
  readonly text: string;
  /** In the config file the section of a profile is `[profile NAME]`, except for `[default]`. */
  readonly kind: "config" | "credentials";
}

export interface ShadowTexts {
  /** The new text of each file that must change; none if the `default` profile has no credentials. */
  readonly texts: ReadonlyMap<AwsFile["kind"], string>;
  /** The name that the `default` profile has in them. */
  readonly movedDefault: string;
}

/**
 * Moves the credentials of the `default` profile to a profile with another name.
 *
 * @param files those of the two files that exist. Both are needed, because a profile may have keys in both.
 */
export function withoutDefaultCredentials(files: readonly AwsFile[]): ShadowTexts {
  const parsed = files.map(({ path, text, kind }) => ({ kind, sections: [...parseIni(text, path).sections.values()] }));
  const hasCredentials = parsed.some(({ kind, sections }) => defaultEntries(sections, kind)?.some(isCredential));
  const newName = unusedName(parsed.flatMap(({ sections }) => sections));
  if (!hasCredentials) return { texts: new Map(), movedDefault: newName };
  const changed = parsed.filter(
    ({ kind, sections }) => defaultEntries(sections, kind) !== undefined || sections.some(hasDefaultAsSource),
  );
  const texts = new Map(changed.map(({ kind, sections }) => [kind, renameDefault(sections, kind, newName)]));
  return { texts, movedDefault: newName };
}

/**
 * Removes the keys from a file of boto, the predecessor of boto3. botocore reads it before it calls the container endpoint.
 *
 * @returns undefined if the file has no keys.
 */
export function withoutBotoKeys(text: string, path: string): string | undefined {
  const sections = [...parseIni(text, path).sections.values()];
  const isKey = (section: IniSection, { key }: IniEntry) => section.name === "Credentials" && isCredential({ key });
  if (!sections.some((section) => section.name === "Credentials" && section.entries.has("aws_access_key_id"))) return;
  return sections
    .map((section) => {
      const entries = [...section.entries.values()].filter((entry) => !isKey(section, entry));
      return formatSection(section.name, entries, "default");
    })
    .join("\n");
}

/** Returns the entries of the `default` profile. If a file has several sections for it, the last one counts. */
function defaultEntries(sections: readonly IniSection[], kind: AwsFile["kind"]): readonly IniEntry[] | undefined {
  const last = sections.findLast((section) => isDefault(section.name, kind));
  return last === undefined ? undefined : [...last.entries.values()];
}

function isDefault(sectionName: string, kind: AwsFile["kind"]): boolean {
  return (kind === "config" ? profileNameOf(sectionName) : sectionName) === "default";
}

function isCredential({ key }: Pick<IniEntry, "key">): boolean {
  return isCredentialKey(key);
}

function hasDefaultAsSource({ entries }: IniSection): boolean {
  return entries.get("source_profile")?.value === "default";
}

/** Returns a profile name that is not part of any section's name. */
function unusedName(sections: readonly IniSection[]): string {
  let name = MOVED_DEFAULT;
  for (let number = 2; sections.some((section) => section.name.includes(name)); number++) {
    name = `${MOVED_DEFAULT}-${number}`;
  }
  return name;
}

function renameDefault(sections: readonly IniSection[], kind: AwsFile["kind"], newName: string): string {
  const others = sections.filter((section) => !isDefault(section.name, kind));
  const texts = others.map((section) => formatSection(section.name, [...section.entries.values()], newName));
  const entries = defaultEntries(sections, kind);
  if (entries !== undefined) {
    const otherSettings = entries.filter((entry) => !isCredential(entry));
    texts.push(formatSection(kind === "config" ? `profile ${newName}` : newName, entries, newName));
    texts.push(formatSection("default", otherSettings, newName));
  }
  return texts.join("\n");
}

/** Continuation lines of a value must be indented. */
function formatSection(name: string, entries: readonly IniEntry[], newDefault: string): string {
  const lines = entries.map(({ key, written, value }) => {
    const newValue = key === "source_profile" && value === "default" ? newDefault : value;
    return `${written} = ${newValue.replaceAll("\n", "\n    ")}\n`;
  });
  return `[${name}]\n${lines.join("")}`;
}
