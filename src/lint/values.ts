/** The values: what they are, and what else got into them. */
import { SECRET_KEYS } from "../domain/credential_keys.ts";
import { didYouMeanName } from "../domain/help_texts.ts";
import type { IniEntry } from "../ini/document.ts";
import { lengthOf } from "../ini/spans.ts";
import { nearest } from "../text/suggest.ts";
import { type Finding, finding } from "./finding.ts";
import { type KnownKey, knownKey } from "./known_keys.ts";

/** Values that a shell's rules split into words: quotes, blanks and several lines mean something there. */
const COMMANDS = ["credential_process", "mfa_process"];

export function* checkValue(entry: IniEntry, known: KnownKey): Generator<Finding> {
  const { key, value, from } = entry;
  if (value === "") return;
  if (known.block !== undefined) {
    yield* checkBlock(entry, known.block);
    return;
  }
  if (value.includes("\n") && !COMMANDS.includes(key)) {
    yield continued(entry);
    return;
  }
  const comment = inlineComment(entry);
  const quotes = COMMANDS.includes(key) ? undefined : quoted(entry);
  if (comment !== undefined) yield comment;
  if (quotes !== undefined) yield quotes;
  const { shape } = known;
  if (shape === undefined || shape.matches(value)) return;
  // A value with something around it is told of once, unless it fails for that.
  if ((comment ?? quotes) !== undefined && !shape.code.startsWith("malformed")) return;
  yield finding(shape.code, `${quotes === undefined ? `"${value}"` : value} is no value for ${key}`, from, {
    length: lengthOf(value),
    help: [...zoneHelp(key, value), `it is ${shape.what}`],
  });
}

/** `us-east-1a` is where machines stand, not what is asked. */
function zoneHelp(key: string, value: string): string[] {
  const region = key.endsWith("region") ? /^([a-z-]+-[0-9]+)[a-z]$/.exec(value)?.[1] : undefined;
  return region === undefined ? [] : [`this is an availability zone; its region is ${region}`];
}

function* checkBlock({ key, from, value, nested }: IniEntry, keys: readonly string[] | "any"): Generator<Finding> {
  if (nested === undefined) {
    yield finding("unlikely-value", `${key} is a block, not a value`, from, {
      length: lengthOf(value.split("\n", 1)[0] ?? ""),
      help: ["write its keys below it, each on a line of its own, indented"],
    });
    return;
  }
  if (keys === "any") return;
  for (const inner of nested.values()) {
    if (keys.includes(inner.key)) continue;
    const meant = nearest(inner.key, keys);
    yield finding(
      meant === undefined ? "unfamiliar-key" : "unknown-key",
      `there is no key "${inner.key}" in the block ${key}`,
      inner.keyFrom,
      {
        length: lengthOf(inner.key),
        // Not mended: nothing here says whether the profile works without it.
        help: [meant === undefined ? `there is ${keys.join(", ")}` : didYouMeanName(meant)],
      },
    );
  }
}

/** Not mended: nobody but its author knows which of the lines are the value's. */
export function continued({ key, value, from, keyFrom }: IniEntry): Finding {
  const another = value
    .split("\n")
    .slice(1)
    .map((line) => /^([\w-]+)\s*[=:]/.exec(line)?.[1]?.toLowerCase())
    .find((word) => word !== undefined && knownKey("profile", word) !== undefined);
  return finding(
    "continued-value",
    `the value of ${key} goes on in the next line`,
    value.startsWith("\n") ? keyFrom : from,
    {
      length: value.startsWith("\n") ? lengthOf(key) : lengthOf(value.split("\n", 1)[0] ?? ""),
      help: [
        another === undefined
          ? "a line that is indented deeper than the key continues its value"
          : `a line that is indented deeper than the key continues its value, so ${another} is no key here: indent both alike`,
      ],
    },
  );
}

/** Not mended: `#` and `;` may well be part of a value, and here they are. */
function inlineComment({ key, value, from }: IniEntry): Finding | undefined {
  const index = value.search(/\s[#;]/);
  if (index < 0) return undefined;
  // For a secret the place would tell its length.
  const at = SECRET_KEYS.includes(key) ? from : { ...from, column: from.column + lengthOf(value.slice(0, index)) + 1 };
  return finding("inline-comment", `what looks like a comment is part of ${key}`, at, {
    length: SECRET_KEYS.includes(key) ? 1 : lengthOf(value.slice(index + 1).split("\n", 1)[0] ?? ""),
    help: ["a comment is a line of its own; other AWS SDKs end the value here, the AWS CLI does not"],
  });
}

/** Not mended: the quotes are part of the value today, and some values may be meant so. */
function quoted({ key, value, from }: IniEntry): Finding | undefined {
  if (!/^(["']).*\1$/s.test(value) || value.length < 2) return undefined;
  return finding("quoted-value", `the quotes are part of ${key}`, from, {
    length: SECRET_KEYS.includes(key) ? 1 : lengthOf(value),
    help: ["leave them out: values are taken to the letter"],
  });
}
