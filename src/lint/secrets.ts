/** Checks access keys: which file contains them, whether a pair is complete, and what else is on their lines. */
import type { FileSection, Profile } from "../config/shared_config.ts";
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { RolecallError } from "../domain/errors.ts";
import type { IniEntry } from "../ini/document.ts";
import { BYTE_ORDER_MARK, LINE_END } from "../ini/spans.ts";
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
    if (inConfig !== undefined && hasKeys(inConfig)) yield* checkSection(name, inConfig, "config", lines);
    if (inCredentials !== undefined && hasKeys(inCredentials)) {
      yield* checkSection(name, inCredentials, "credentials", lines);
    }
  }
}

function hasKeys({ settings }: FileSection): boolean {
  return STATIC_KEYS.some((key) => settings.has(key));
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
    yield finding("secret-in-config", `the config file contains the secret ${secret.key}`, secret.keyFrom, {
      length: secret.key.length,
      help: [`move the keys to [${profile}] in the credentials file`],
    });
  }
  yield* checkPair(profile, section, file);
  for (const key of STATIC_KEYS) {
    const entry = section.own.get(key);
    if (entry !== undefined) yield* checkKey(entry, lines);
  }
}

/** Keys from the two files are never combined (as in botocore), so each file needs the complete pair. */
function* checkPair(profile: string, section: FileSection, file: "config" | "credentials"): Generator<Finding> {
  try {
    staticKeys(profile, section, file);
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    yield findingOf(error, section.from.file);
  }
  const id = section.settings.get("aws_access_key_id");
  const token = entryOf(section, TOKEN_KEYS);
  const ignored = section.own.get("aws_secret_access_key") ?? token;
  if (id === undefined) {
    if (ignored === undefined) return;
    yield finding("half-key-pair", `${ignored.key} is ignored: aws_access_key_id is missing`, ignored.keyFrom, {
      length: ignored.key.length,
      help: [`add aws_access_key_id to [${section.name}]: keys from the two files are never combined`],
    });
    return;
  }
  // The prefixes of access key ids are AWS's: ASIA for temporary keys, AKIA for long-term keys.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  if (/^ASIA[A-Z0-9]{12,}$/.test(id.value) && !TOKEN_KEYS.some((key) => section.settings.has(key))) {
    yield finding(
      "temporary-key",
      "aws_session_token is missing: this is the key id of temporary credentials",
      id.from,
      {
        length: id.value.length,
        help: ["add the aws_session_token that was issued with these keys"],
      },
    );
  }
  if (/^AKIA[A-Z0-9]{12,}$/.test(id.value) && token !== undefined && token.value !== "") {
    yield finding(
      "temporary-key",
      `${token.key} does not belong to these keys: long-term keys (AKIA…) have no token`,
      token.keyFrom,
      {
        length: token.key.length,
        help: ["remove the token, or use the keys that were issued with it (their id begins with ASIA)"],
      },
    );
  }
}

function* checkKey(entry: IniEntry, lines: Lines): Generator<Finding> {
  const { key, value, from } = entry;
  // Quotes and comments have findings of their own.
  const hasOwnFinding = /^(["'])[^"']*\1$/.test(value) || /\s[#;]/.test(value);
  const unexpected = hasOwnFinding ? null : unexpectedCharacter(value);
  if (unexpected !== null) {
    yield finding("secret-characters", `${key} contains ${unexpected}, which AWS keys never contain`, from, {
      length: 1,
      help: ["copy the key again, without any characters around it"],
    });
  }
  const line = lines.get(from.file)?.[from.line - 1] ?? "";
  const end = endOfText(line);
  if (value === "" || value.includes("\n") || end === line.length) return;
  // A byte order mark takes up no column.
  const at = { ...from, column: [...line.slice(0, end)].length + (line.startsWith(BYTE_ORDER_MARK) ? 0 : 1) };
  yield finding("space-after-secret", `white space follows the value of ${key}`, at, {
    length: line.length - end,
    help: ["remove it: the AWS CLI ignores it, but other programs that read this file may not"],
    // The fix is safe: the parser ignores the white space, so the value stays the same.
    fix: {
      kind: "edit",
      edits: [{ at, old: line.slice(end), replacement: "" }],
      result: `removed the white space after ${key}`,
    },
  });
}

/** Describes the first unexpected character. The character itself may be invisible, and is part of a secret. */
function unexpectedCharacter(value: string): string | null {
  const found = /[^A-Za-z0-9/+=_-]/u.exec(value.replace(/\n/g, ""))?.[0];
  if (found === undefined) return null;
  if (/\s/.test(found)) return "white space";
  const code = found.codePointAt(0) ?? 0;
  return code < 0x20 || code > 0x7e ? `U+${code.toString(16).toUpperCase().padStart(4, "0")}` : "punctuation";
}

/**
 * The index at which trailing white space begins, Unicode's included. A regular expression (`\s+$`) would take quadratic
 * time in a line with long runs of blanks.
 */
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
