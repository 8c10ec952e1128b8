/**
 * The two AWS files as the command of `exec --serve` has to see them. SDKs ask the files before the container endpoint,
 * so a `default` profile with credentials of any kind would win over the server. It gets another name, under which
 * profiles that use it as their source still find it; a new `default` has its other settings. Everything else stays.
 */
import { profileNameOf } from "../config/merge.ts";
import { isCredentialKey } from "../credential_keys.ts";
import type { IniSection } from "../ini/document.ts";
import { editText } from "../ini/edit.ts";
import { parseIni } from "../ini/parse.ts";

export interface AwsFile {
  readonly path: string;
  readonly text: string;
  /** In the config file a profile's section begins with `profile`, but for `[default]`. */
  readonly kind: "config" | "credentials";
}

/** @returns the file's new text; undefined where its `default` holds no credentials. */
export function withoutDefaultCredentials(file: AwsFile): string | undefined {
  const { sections, lender } = parseIni(file.text, file.path);
  const defaults = sections.filter((section) => isDefault(section.name, file.kind));
  // Of several sections for one profile the last counts.
  const chosen = defaults.at(-1);
  if (chosen === undefined || ![...chosen.entries.keys()].some(isCredentialKey)) return undefined;
  const names = newNames(defaults.length, sections, file.kind);
  const name = names.at(-1) ?? "";
  const edits = [
    ...defaults.map((section, index) => ({
      at: section.from,
      old: section.name,
      replacement: file.kind === "config" ? `profile ${names[index]}` : (names[index] ?? ""),
    })),
    // What `[DEFAULT]` lends stands there once, for all who borrow it.
    ...[...sections, ...(lender === undefined ? [] : [lender])].flatMap(({ own }) => {
      const source = own.get("source_profile");
      return source?.value === "default" ? [{ at: source.from, old: "default", replacement: name }] : [];
    }),
  ];
  return `${editText(file.text, edits)}\n${newDefault(chosen)}`;
}

function isDefault(name: string, kind: AwsFile["kind"]): boolean {
  return (kind === "config" ? profileNameOf(name) : name) === "default";
}

function newNames(count: number, sections: readonly IniSection[], kind: AwsFile["kind"]): string[] {
  const taken = new Set(sections.map((section) => section.name));
  const names: string[] = [];
  for (let number = 1; names.length < count; number++) {
    const name = number === 1 ? "default-before-rolecall" : `default-before-rolecall-${number}`;
    if (!taken.has(kind === "config" ? `profile ${name}` : name)) names.unshift(name);
  }
  return names;
}

/** A value that goes on in further lines has to have them indented. */
function newDefault(section: IniSection): string {
  const lines = [...section.entries.values()]
    .filter(({ key }) => !isCredentialKey(key))
    .map(({ key, value }) => `${key} = ${value.replaceAll("\n", "\n    ")}\n`);
  return `[default]\n${lines.join("")}`;
}
