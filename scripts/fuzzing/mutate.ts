/** Changes valid texts a little, so that they get past the first check and fail at a later one. */
import type { Dice } from "./dice.ts";
import { oddCharacter, oddJson, oddText } from "./odd_values.ts";
import { rawByte } from "./raw_bytes.ts";

export type Format = "ini" | "toml" | "json" | "xml" | "text";

const MUTATIONS: Readonly<Record<Format, (text: string, dice: Dice) => string>> = {
  ini: mutateLines,
  toml: mutateLines,
  json: mutateJson,
  xml: mutateXml,
  text: mutateCharacters,
};

/** Changes a text in one to four places; most changes keep its structure. */
export function mutate(text: string, format: Format, dice: Dice): string {
  let mutated = text;
  for (let count = 1 + dice.below(4); count > 0; count--) {
    const change = dice.chance(0.2) ? mutateCharacters : MUTATIONS[format];
    mutated = change(mutated, dice);
  }
  return mutated;
}

function mutateCharacters(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  const length = dice.below(dice.pick([2, 8, 40, text.length + 1]));
  const [before, slice, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  if (dice.chance(0.01)) return asUtf16(text);
  switch (dice.below(6)) {
    case 0:
      return before + after;
    case 1:
      return before + slice + slice + after;
    case 2:
      return before;
    case 3:
      return before + oddText(dice) + after;
    case 4:
      return `${dice.pick(["\ufeff", " ", "\0", "\n"])}${text}`;
    default:
      return before + oddCharacter(dice) + slice + after;
  }
}

/** With a byte order mark, as PowerShell writes files. */
function asUtf16(text: string): string {
  return `${rawByte(0xff)}${rawByte(0xfe)}${[...text].map((character) => `${character}\0`).join("")}`;
}

/** For lines of keys and values, and of section headers. */
function mutateLines(text: string, dice: Dice): string {
  const lines = text.split("\n");
  const at = dice.below(lines.length);
  const line = lines[at] ?? "";
  const [key = "", ...rest] = line.split("=");
  const value = rest.join("=").trim();
  const other = dice.pickAny(lines) ?? "";
  const replacement = (): readonly string[] => {
    switch (dice.below(12)) {
      case 0:
        return [];
      case 1:
        return [line, line];
      case 2:
        return [line, other];
      case 3:
        return [`${key}=`];
      case 4:
        return [`${oddText(dice)} = ${value}`];
      case 5:
        return [`  ${line}`];
      case 6:
        return [`${key}${dice.pick([" ", ":", "==", "= =", "\t=\t", ""])}${value}`];
      case 7:
        return [
          line,
          `[${dice.pick(["", "profile ", 'profile "', "sso-session ", "services ", "role."])}${oddText(dice)}]`,
        ];
      case 8:
        return [
          `${key}= ${dice.pick(["1", "true", "[]", "{}", '""', "'''", '"""', "1979-05-27", "inf", "[[1]]", '["", 1]'])}`,
        ];
      case 9:
        return [`${line}${dice.pick([" # note", " ; note", "\r", "\\", "\r\r", "\u2028"])}`];
      default:
        return [`${key}= ${value.startsWith('"') ? JSON.stringify(oddText(dice)) : oddText(dice)}`];
    }
  };
  lines.splice(at, 1, ...replacement());
  return lines.join("\n");
}

function mutateJson(text: string, dice: Dice): string {
  const parsed = parse(text);
  if (typeof parsed !== "object" || parsed === null) return mutateCharacters(text, dice);
  // The text may have a duplicate key, which parsing would remove.
  if (dice.chance(0.15)) return duplicateKey(text, parsed, dice);
  if (dice.chance(0.05)) return JSON.stringify(oddJson(dice));
  const holders = objectsIn(parsed);
  const holder = dice.pickAny(holders) ?? parsed;
  const key = dice.pickAny(Object.keys(holder)) ?? "a";
  const members = holder as Record<string, unknown>;
  switch (dice.below(5)) {
    case 0:
      delete members[key];
      break;
    case 1:
      members[dice.chance(0.5) ? key.toLowerCase() : oddText(dice)] = members[key];
      delete members[key];
      break;
    case 2:
      members[oddText(dice)] = oddJson(dice);
      break;
    default:
      members[key] = oddJson(dice);
  }
  return JSON.stringify(parsed);
}

function duplicateKey(text: string, parsed: object, dice: Dice): string {
  const key = dice.pickAny(Object.keys(parsed)) ?? "a";
  return text.replace("{", () => `{${JSON.stringify(key)}: ${JSON.stringify(oddJson(dice))},`);
}

function objectsIn(value: unknown, depth = 0): object[] {
  if (typeof value !== "object" || value === null || depth > 20) return [];
  return [value, ...Object.values(value).flatMap((inner) => objectsIn(inner, depth + 1))];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mutateXml(text: string, dice: Dice): string {
  // At even positions texts, at odd positions tags.
  const parts = text.split(/(<[^<>]*>)/);
  const at = dice.below(parts.length);
  const part = parts[at] ?? "";
  switch (dice.below(7)) {
    case 0:
      parts[at] = "";
      break;
    case 1:
      parts[at] = part + part;
      break;
    case 2:
      parts[at] = dice.pick([
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "<?xml?>",
        "&b;",
        "&#0;",
        "&#x110000;",
      ]);
      break;
    case 3:
      parts[at] = `<${oddText(dice)}>`;
      break;
    case 4:
      parts[at] = part + "<a>".repeat(dice.pick([1, 100, 10_000]));
      break;
    default:
      parts[at - (at % 2)] = oddText(dice);
  }
  return parts.join("");
}
