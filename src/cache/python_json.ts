/** JSON as Python's `json.dumps(value, sort_keys=True)` writes it. The AWS CLI's cache keys are hashes of that text. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

interface Separators {
  readonly item: string;
  readonly key: string;
}

const SPACED: Separators = { item: ", ", key: ": " };
const COMPACT: Separators = { item: ",", key: ":" };

/** JSON with Python's default separators, `", "` and `": "`. Undefined members are left out. */
export function pythonJson(value: Json): string {
  return dump(value, SPACED);
}

/** JSON as Python writes it with `separators=(",", ":")`. */
export function compactPythonJson(value: Json): string {
  return dump(value, COMPACT);
}

function dump(value: Json, separators: Separators): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (isList(value)) return `[${value.map((item) => dump(item, separators)).join(separators.item)}]`;
  const members = Object.entries(value)
    .filter((member): member is [string, Json] => member[1] !== undefined)
    .sort(([a], [b]) => compareByCodePoint(a, b))
    .map(([key, item]) => `${quote(key)}${separators.key}${dump(item, separators)}`);
  return `{${members.join(separators.item)}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

/** Escapes everything but printable ASCII, by UTF-16 code unit: an emoji becomes two escapes. */
function quote(text: string): string {
  const escaped = text.replace(
    /["\\]|[^ -~]/g,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** Python compares strings by code point, JavaScript by UTF-16 code unit. */
function compareByCodePoint(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
