/** Keys that stand in the files: where they stand, and whether they can be whole. */
import type { FileSection, Profile } from "../config/shared_config.ts";
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { RolecallError } from "../domain/errors.ts";
import type { IniEntry } from "../ini/document.ts";
import { LINE_END } from "../ini/spans.ts";
import { staticKeys } from "../plan/sources/static_keys.ts";
import { type Finding, finding, findingOf } from "./finding.ts";
import type { LintedFiles } from "./input.ts";

const TOKEN_KEYS = ["aws_session_token", "aws_security_token"];
const STATIC_KEYS = ["aws_access_key_id", ...SECRET_KEYS];

export function* checkSecrets({ config, credentials, merged }: LintedFiles): Generator<Finding> {
  const lines = new Map(
    [config, credentials].flatMap((file) => (file === undefined ? [] : [[file.path, file.text.split(LINE_END)]])),
  );
  for (const { name, inConfig, inCredentials } of merged.profiles.values()) {
    if (inConfig !== undefined) yield* checkSection(name, inConfig, "config", lines);
    if (inCredentials !== undefined) yield* checkSection(name, inCredentials, "credentials", lines);
  }
}

type Lines = ReadonlyMap<string, readonly string[]>;

function* checkSection(
  profile: Profile["name"],
  section: FileSection,
  file: "config" | "credentials",
  lines: Lines,
): Generator<Finding> {
  const secret = entryOf(section, SECRET_KEYS);
  if (file === "config" && secret !== undefined) {
    yield finding("secret-in-config", `the config file holds the secret ${secret.key}`, secret.keyFrom, {
      length: secret.key.length,
      help: [`move the keys to [${profile}] of the credentials file`],
    });
  }
  yield* checkPair(profile, section, file);
  for (const key of STATIC_KEYS) {
    const entry = section.own.get(key);
    if (entry !== undefined) yield* checkKey(entry, lines);
  }
}

/** The keys of one file are never mixed with the other's, so each file has to have them whole. */
function* checkPair(profile: string, section: FileSection, file: "config" | "credentials"): Generator<Finding> {
  try {
    staticKeys(profile, section, file);
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    yield findingOf(error, section.from.file);
  }
  const id = section.settings.get("aws_access_key_id");
  const token = entryOf(section, TOKEN_KEYS);
  const idle = section.own.get("aws_secret_access_key") ?? token;
  if (id === undefined) {
    if (idle === undefined) return;
    yield finding("half-key-pair", `${idle.key} stands here without aws_access_key_id`, idle.keyFrom, {
      length: idle.key.length,
      help: [`add aws_access_key_id to [${section.name}]: keys of one file are never mixed with the other's`],
    });
    return;
  }
  // AWS's own prefixes: ASIA for temporary keys, AKIA for those of a user.
  if (/^ASIA[A-Z0-9]{12,}$/.test(id.value) && !TOKEN_KEYS.some((key) => section.settings.has(key))) {
    yield finding(
      "temporary-key",
      "this is the key of temporary credentials, and their aws_session_token is missing",
      id.from,
      {
        length: id.value.length,
        help: ["such keys work only together with the token that came with them"],
      },
    );
  }
  if (/^AKIA[A-Z0-9]{12,}$/.test(id.value) && token !== undefined && token.value !== "") {
    yield finding(
      "temporary-key",
      `the key of a user needs no ${token.key}, and does not work with one`,
      token.keyFrom,
      {
        length: token.key.length,
        help: ["remove the token, or put the key here that came with it: it begins with ASIA"],
      },
    );
  }
}

function* checkKey(entry: IniEntry, lines: Lines): Generator<Finding> {
  const { key, value, from } = entry;
  // Quotes and comments have findings of their own.
  const odd = /^(["'])[^"']*\1$/.test(value) || /\s[#;]/.test(value) ? null : oddCharacter(value);
  if (odd !== null) {
    yield finding("secret-characters", `${key} has a character that no key of AWS has: ${odd}`, from, {
      length: 1,
      help: ["copy it again, and see that nothing else comes with it"],
    });
  }
  const line = lines.get(from.file)?.[from.line - 1] ?? "";
  const end = endOfText(line);
  if (value === "" || value.includes("\n") || end === line.length) return;
  const at = { ...from, column: [...line.slice(0, end)].length + (startsWithMark(line) ? 0 : 1) };
  yield finding("space-after-secret", `white space follows ${key}`, at, {
    length: line.length - end,
    help: ["the AWS CLI drops it; other programs that read this file may not"],
    // Safe: the parser drops it already, so the file means the same without it.
    fix: {
      kind: "edit",
      edits: [{ at, old: line.slice(end), replacement: "" }],
      result: `no white space follows ${key}`,
    },
  });
}

function startsWithMark(line: string): boolean {
  return line.startsWith("\uFEFF");
}

/** What is odd, in words: the character itself may be invisible, and would tell something of the secret. */
function oddCharacter(value: string): string | null {
  const found = /[^A-Za-z0-9/+=_-]/u.exec(value.replace(/\n/g, ""))?.[0];
  if (found === undefined) return null;
  if (/\s/.test(found)) return "white space";
  const code = found.codePointAt(0) ?? 0;
  return code < 0x20 || code > 0x7e ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}` : "punctuation";
}

/** Where trailing white space begins, that of other scripts included. (A regular expression would try every run of blanks in the line.) */
function endOfText(line: string): number {
  let end = line.length;
  while (end > 0 && /\s/.test(line.charAt(end - 1))) end--;
  return end;
}

function entryOf(section: FileSection, keys: readonly string[]): IniEntry | undefined {
  for (const key of keys) {
    const entry = section.own.get(key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
