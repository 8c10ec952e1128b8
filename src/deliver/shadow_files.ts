/**
 * The two AWS files as the command of `exec --serve` has to see them. SDKs ask the files before the container endpoint,
 * so a `default` profile with credentials of any kind would win over the server. It gets another name, under which
 * profiles that use it as their source still find it; a new `default` has its other settings. Everything else stays.
 */
import { splitShellWords } from "../config/shell_words.ts";
import type { IniSection } from "../ini/document.ts";
import { parseIni } from "../ini/parse.ts";
import type { FilePlace } from "../origin.ts";

/** The keys that lead an SDK to credentials. */
const CREDENTIAL_KEYS: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
  "aws_account_id",
  "role_arn",
  "source_profile",
  "credential_source",
  "role_session_name",
  "external_id",
  "duration_seconds",
  "mfa_serial",
  "mfa_process",
  "web_identity_token_file",
  "credential_process",
  "login_session",
  "sso_session",
  "sso_start_url",
  "sso_region",
  "sso_account_id",
  "sso_role_name",
]);

export interface AwsFile {
  readonly path: string;
  readonly text: string;
  /** In the config file a profile's section begins with `profile`, but for `[default]`. */
  readonly kind: "config" | "credentials";
}

/** @returns the file's new text; undefined where its `default` holds no credentials. */
export function withoutDefaultCredentials(file: AwsFile): string | undefined {
  const { sections } = parseIni(file.text, file.path);
  const defaults = sections.filter((section) => isDefault(section.name, file.kind));
  // Of several sections for one profile the last counts.
  const chosen = defaults.at(-1);
  if (chosen === undefined || ![...chosen.entries.keys()].some((key) => CREDENTIAL_KEYS.has(key))) return undefined;
  const names = newNames(defaults.length, sections, file.kind);
  const name = names.at(-1) ?? "";
  const edits = [
    ...defaults.map((section, index) => ({
      from: section.from,
      length: section.name.length,
      text: file.kind === "config" ? `profile ${names[index]}` : (names[index] ?? ""),
    })),
    ...sections.flatMap(({ entries }) => {
      const source = entries.get("source_profile");
      return source?.value === "default" ? [{ from: source.from, length: "default".length, text: name }] : [];
    }),
  ];
  return `${applyEdits(file.text, edits)}\n${newDefault(chosen)}`;
}

function isDefault(name: string, kind: AwsFile["kind"]): boolean {
  if (name === "default") return true;
  const split = splitShellWords(name);
  return (
    kind === "config" &&
    "words" in split &&
    split.words.length === 2 &&
    split.words[1] === "default" &&
    name.startsWith("profile")
  );
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

interface Edit {
  readonly from: FilePlace;
  /** Of the text that is replaced, in UTF-16 units. */
  readonly length: number;
  readonly text: string;
}

/** From the end to the start, so that no edit moves another one's place. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/);
  const ordered = [...edits].sort((a, b) => b.from.line - a.from.line || b.from.column - a.from.column);
  for (const { from, length, text: replacement } of ordered) {
    const line = lines[from.line - 1] ?? "";
    const mark = from.line === 1 && line.startsWith("\ufeff") ? 1 : 0;
    const start = mark + [...line.slice(mark)].slice(0, from.column - 1).join("").length;
    lines[from.line - 1] = line.slice(0, start) + replacement + line.slice(start + length);
  }
  return lines.join("");
}

/** A value that goes on in further lines has to have them indented. */
function newDefault(section: IniSection): string {
  const lines = [...section.entries.values()]
    .filter(({ key }) => !CREDENTIAL_KEYS.has(key))
    .map(({ key, value }) => `${key} = ${value.replaceAll("\n", "\n    ")}\n`);
  return `[default]\n${lines.join("")}`;
}
