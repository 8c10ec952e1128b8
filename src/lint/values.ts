/** Checks the values of known keys: their format, and quotes, comments or lines that became part of them. */
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { didYouMeanName, USE_MFA_APP } from "../domain/help_texts.ts";
import type { FilePosition } from "../domain/origin.ts";
import type { IniEntry } from "../ini/document.ts";
import { lengthOf } from "../ini/spans.ts";
import { isSecurityKeyArn } from "../text/arn.ts";
import { nearest } from "../text/suggest.ts";
import { type Finding, finding } from "./finding.ts";
import { type KnownKey, knownKey, type ValueFormat } from "./known_keys.ts";

/** Keys whose values are split into words as a POSIX shell does: quotes, blanks and line breaks have a meaning there. */
const COMMAND_KEYS = ["credential_process", "mfa_process"];

/** Whether `checkValue` certainly finds nothing: most values are ordinary. */
export function isOrdinary(value: string, { block, format }: KnownKey): boolean {
  return block === undefined && !/[\n#;"']/.test(value) && (format === undefined || format.matches(value));
}

export function* checkValue(entry: IniEntry, known: KnownKey): Generator<Finding> {
  const { key, value, from } = entry;
  if (value === "") return;
  if (known.block !== undefined) {
    yield* checkBlock(entry, known.block);
    return;
  }
  if (value.includes("\n") && !COMMAND_KEYS.includes(key)) {
    yield continuedValue(entry);
    return;
  }
  const comment = inlineComment(entry);
  const quotes = COMMAND_KEYS.includes(key) ? undefined : quotedValue(entry);
  if (comment !== undefined) yield comment;
  if (quotes !== undefined) yield quotes;
  const { format } = known;
  if (format === undefined || format.matches(value)) return;
  // A comment or quotes explain a bad value, so it is reported a second time only if AWS rejects it.
  if ((comment ?? quotes) !== undefined && !format.code.startsWith("malformed")) return;
  yield formatFinding(key, value, from, format, quotes === undefined ? `"${value}"` : value);
}

/** @param shown the value as the message shows it. */
export function formatFinding(
  key: string,
  value: string,
  from: FilePosition,
  { code, what }: ValueFormat,
  shown = `"${value}"`,
): Finding {
  const length = lengthOf(value);
  if (key === "mfa_serial" && isSecurityKeyArn(value)) {
    const message = "mfa_serial names a security key (U2F or FIDO), which cannot be used from a CLI";
    return finding(code, message, from, { length, help: [USE_MFA_APP] });
  }
  return finding(code, `invalid value ${shown} for ${key}`, from, {
    length,
    help: [zoneHelp(key, value) ?? `use ${what}`],
  });
}

/** The help for an availability zone, such as `us-east-1a`, in place of a region. */
function zoneHelp(key: string, value: string): string | undefined {
  const region = key.endsWith("region") ? /^([a-z-]+-[0-9]+)[a-z]$/.exec(value)?.[1] : undefined;
  return region === undefined ? undefined : `use ${region}, the region of this availability zone`;
}

function* checkBlock({ key, from, value, nested }: IniEntry, keys: readonly string[] | "any"): Generator<Finding> {
  if (nested === undefined) {
    yield finding("unlikely-value", `${key} takes a block of keys, not a value`, from, {
      length: lengthOf(value.split("\n", 1)[0] ?? ""),
      help: ["write its keys on the lines below it, indented"],
    });
    return;
  }
  if (keys === "any") return;
  for (const inner of nested.values()) {
    if (keys.includes(inner.key)) continue;
    const meant = nearest(inner.key, keys);
    yield finding(
      meant === undefined ? "unfamiliar-key" : "unknown-key",
      `unknown key "${inner.key}" in the block ${key}`,
      inner.keyFrom,
      {
        length: lengthOf(inner.key),
        // There is no fix: whether the profile works without the key is not known here.
        help: [meant === undefined ? `use ${keys.join(", ")}` : didYouMeanName(meant)],
      },
    );
  }
}

/** There is no fix: only the author knows which lines belong to the value. */
export function continuedValue({ key, value, from, keyFrom }: IniEntry): Finding {
  const hiddenKey = value
    .split("\n")
    .slice(1)
    .map((line) => /^([\w-]+)\s*[=:]/.exec(line)?.[1]?.toLowerCase())
    .find((word) => word !== undefined && knownKey("profile", word) !== undefined);
  return finding(
    "continued-value",
    `the value of ${key} continues on the next line`,
    value.startsWith("\n") ? keyFrom : from,
    {
      length: value.startsWith("\n") ? lengthOf(key) : lengthOf(value.split("\n", 1)[0] ?? ""),
      help: [
        hiddenKey === undefined
          ? `indent the next line no deeper than ${key} if it is not part of the value`
          : `indent ${hiddenKey} no deeper than ${key}: a line that is indented deeper is part of the value above it`,
      ],
    },
  );
}

/** There is no fix: `#` and `;` may be meant as part of the value, as the AWS CLI reads them. */
function inlineComment({ key, value, from }: IniEntry): Finding | undefined {
  const index = value.search(/\s[#;]/);
  if (index < 0) return undefined;
  // The position of a comment after a secret would reveal the length of the secret.
  const isSecret = SECRET_KEYS.includes(key);
  const at = isSecret ? from : { ...from, column: from.column + lengthOf(value.slice(0, index)) + 1 };
  return finding("inline-comment", `the value of ${key} includes what looks like a comment`, at, {
    length: isSecret ? 1 : lengthOf(value.slice(index + 1).split("\n", 1)[0] ?? ""),
    help: ["move the comment to a line of its own: other AWS SDKs end the value here, the AWS CLI does not"],
  });
}

/** There is no fix: the quotes are part of the value, and may be meant so. */
function quotedValue({ key, value, from }: IniEntry): Finding | undefined {
  if (!/^(["']).*\1$/s.test(value) || value.length < 2) return undefined;
  return finding("quoted-value", `the quotes are part of the value of ${key}`, from, {
    length: SECRET_KEYS.includes(key) ? 1 : lengthOf(value),
    help: ["remove the quotes: the AWS CLI takes a value literally"],
  });
}
