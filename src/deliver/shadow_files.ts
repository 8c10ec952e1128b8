/**
 * The two AWS files as the command of `exec --serve` has to see them. SDKs ask the files before the container endpoint,
 * so a `default` profile with credentials of any kind would win over the server. It gets another name, under which
 * profiles that use it as their source still find it; a new `default` has its other settings. Everything else stays, but
 * for comments, and what `[DEFAULT]` lends stands in each section: its keys are no longer there for the new `default`.
 */
import { profileNameOf } from "../config/merge.ts";
import { isCredentialKey } from "../domain/credential_keys.ts";
import type { IniEntry, IniSection } from "../ini/document.ts";
import { parseIni } from "../ini/parse.ts";

export interface AwsFile {
  readonly path: string;
  readonly text: string;
  /** In the config file a profile's section begins with `profile`, but for `[default]`. */
  readonly kind: "config" | "credentials";
}

/**
 * @param files those of the two that there are. A profile is what both say of it, so what one says changes the other.
 * @returns the new text of each that has to change; none where no `default` holds credentials.
 */
export function withoutDefaultCredentials(files: readonly AwsFile[]): ReadonlyMap<AwsFile["kind"], string> {
  const parsed = files.map(({ path, text, kind }) => ({ kind, sections: parseIni(text, path).sections }));
  const hold = parsed.some(({ kind, sections }) => defaultOf(sections, kind)?.some(isCredential) ?? false);
  if (!hold) return new Map();
  const name = newName(parsed.flatMap(({ sections }) => sections));
  const changed = parsed.filter(
    ({ kind, sections }) => defaultOf(sections, kind) !== undefined || sections.some(hasDefaultAsSource),
  );
  return new Map(changed.map(({ kind, sections }) => [kind, renamed(sections, kind, name)]));
}

/** The entries of the profile; of several sections for it the last counts. */
function defaultOf(sections: readonly IniSection[], kind: AwsFile["kind"]): readonly IniEntry[] | undefined {
  const chosen = sections.findLast((section) => isDefault(section.name, kind));
  return chosen === undefined ? undefined : [...chosen.entries.values()];
}

function isDefault(name: string, kind: AwsFile["kind"]): boolean {
  return (kind === "config" ? profileNameOf(name) : name) === "default";
}

function isCredential({ key }: IniEntry): boolean {
  return isCredentialKey(key);
}

function hasDefaultAsSource({ entries }: IniSection): boolean {
  return entries.get("source_profile")?.value === "default";
}

/** One that no section of either file has, as it is or as a profile. */
function newName(sections: readonly IniSection[]): string {
  let name = "default-before-rolecall";
  for (let number = 2; sections.some((section) => section.name.includes(name)); number++) {
    name = `default-before-rolecall-${number}`;
  }
  return name;
}

function renamed(sections: readonly IniSection[], kind: AwsFile["kind"], name: string): string {
  const others = sections.filter((section) => !isDefault(section.name, kind));
  const texts = others.map((section) => sectionText(section.name, [...section.entries.values()], name));
  const entries = defaultOf(sections, kind);
  if (entries !== undefined) {
    texts.push(sectionText(kind === "config" ? `profile ${name}` : name, entries, name));
    texts.push(
      sectionText(
        "default",
        entries.filter((entry) => !isCredential(entry)),
        name,
      ),
    );
  }
  return texts.join("\n");
}

/** A value that goes on in further lines has to have them indented. */
function sectionText(title: string, entries: readonly IniEntry[], newDefault: string): string {
  const lines = entries.map(({ key, written, value }) => {
    const said = key === "source_profile" && value === "default" ? newDefault : value;
    return `${written} = ${said.replaceAll("\n", "\n    ")}\n`;
  });
  return `[${title}]\n${lines.join("")}`;
}
