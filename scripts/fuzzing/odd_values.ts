/** Texts and JSON values that parsers often treat wrongly. */
import type { Dice } from "./dice.ts";
import { rawByte } from "./raw_bytes.ts";

/** The most that a service may send. */
const MAX_LENGTH = 1024 * 1024;

const CHARACTERS = [
  ..."\0\u0001\u0007\b\t\n\u000b\f\r\u001b\u001c\u0085\u00a0\u200b\u2028\u202e\u3000\ufeff\uffff\ud800",
  ..."\"'`\\$%#;:=[]{}()<>&|*?~!@^+-,./ ",
  ..."aZ09_é🧀İßſ",
  ...[0x80, 0xc3, 0xff].map(rawByte),
];

const TEXTS = [
  ...["", " ", "\t", "\n", "0", "-1", "1e300", "1e999", "0x10", "+1800", "007", "NaN", "Infinity", "null", "true"],
  ...["9007199254740993", "99999999999999999999999", "None", "undefined", "[object Object]"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "default", "DEFAULT", "profile"],
  ...["2026-13-45T99:99:99Z", "275760-09-13T00:00:00Z", "+275760-09-13T00:00:00.001Z", "0000-00-00", "soon"],
  ...["arn:aws:iam::123456789012:role/x", "arn:::::", "arn:aws:iam::1:mfa/x", "123456789012:x"],
  ...["http://", "http://[::1", "http://127.0.0.1:99999/", "https://a b/", "//x", "file:///etc/passwd", "http://%/"],
  ...["%s", "%n", "${HOME}", "$(true)", "`true`", "../../..", "/", "/dev/null", "~", "~nobody/x", "a | b", '"unclosed'],
  ...[
    "\u001b[31mred\u001b[0m",
    "a\rb",
    "a\0b",
    "eu-west-1\u200b",
    "\ud800",
    "\udfff\ud800",
    "e\u0301",
    "a".repeat(300),
  ],
] as const;

export function oddCharacter({ pickAny }: Dice): string {
  return pickAny(CHARACTERS) ?? "\0";
}

export function oddText(dice: Dice): string {
  if (dice.chance(0.03)) return longText(dice);
  return dice.chance(0.15) ? oddCharacter(dice) : (dice.pickAny(TEXTS) ?? "");
}

/** Repeats texts for which a careless regular expression takes quadratic time or more. */
function longText(dice: Dice): string {
  const unit = dice.pick([
    "a",
    " ",
    "A/",
    "token ",
    "\n",
    "[",
    "{",
    '"',
    "\\",
    "=",
    "é",
    "\u200b",
    "<a>",
    "&amp;",
    "arn:",
  ]);
  const length = dice.pick([1000, 10_000, 100_000, MAX_LENGTH]);
  return unit.repeat(Math.floor(length / new TextEncoder().encode(unit).length));
}

export function oddJson(dice: Dice): unknown {
  if (dice.chance(0.3)) return oddText(dice);
  if (dice.chance(0.05)) return nested(dice.pick([10, 500, 5000]), dice.chance(0.5));
  return dice.pickAny([null, true, false, 0, -0, -1, 1.5, 1e300, 2 ** 53, [], {}, [""], { a: 1 }, "", " "]);
}

function nested(depth: number, isList: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = isList ? [value] : { a: value };
  return value;
}
