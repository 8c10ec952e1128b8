/** How a person sees an error. */
import type { RolecallError } from "../errors.ts";
import type { FilePlace, Origin } from "../origin.ts";
import { lineWithoutSecrets, withoutSecrets } from "../without_secrets.ts";
import type { Paint } from "./paint.ts";

/**
 * The error in a few lines: code and message, the place with its line and a caret, what was tried, what to do.
 *
 * @param texts the files that were read, by path, for the line at the place.
 */
export function renderError(error: RolecallError, texts: ReadonlyMap<string, string>, paint: Paint): string {
  const lines = [`${paint.red(paint.bold(`error[${error.code}]`))}${paint.bold(`: ${shown(error.message)}`)}`];
  const excerpt =
    error.at !== undefined && "file" in error.at ? excerptLines(error.at, error.length, texts, paint) : [];
  const indent = excerpt.length > 0 && error.at !== undefined && "file" in error.at ? gutter(error.at).length : 1;
  if (error.at !== undefined)
    lines.push(`${" ".repeat(indent + 1)}${paint.blue("-->")} ${printable(placeText(error.at))}`);
  lines.push(...excerpt);
  const remarks = [
    ...error.tried.map((text) => ["tried", text] as const),
    ...error.notes.map((text) => ["note", text] as const),
    ...error.help.map((text) => ["help", text] as const),
  ];
  for (const [label, text] of remarks)
    lines.push(`${" ".repeat(indent + 2)}${paint.blue("=")} ${paint.bold(label)}: ${shown(text)}`);
  return `${lines.join("\n")}\n`;
}

function placeText(origin: Origin): string {
  if ("file" in origin) return `${origin.file}:${origin.line}:${origin.column}`;
  if ("variable" in origin) return `variable ${origin.variable}`;
  if ("option" in origin) return `option ${origin.option}`;
  return origin.default;
}

function gutter(place: FilePlace): string {
  return String(place.line);
}

function excerptLines(
  place: FilePlace,
  length: number | undefined,
  texts: ReadonlyMap<string, string>,
  paint: Paint,
): string[] {
  const line = texts.get(place.file)?.split(/\r\n|\r|\n/)[place.line - 1];
  if (line === undefined) return [];
  const text = printable(lineWithoutSecrets(line));
  const blank = " ".repeat(gutter(place).length);
  const before = [...text].slice(0, place.column - 1).map((character) => (character === "\t" ? "\t" : " "));
  const rest = Math.max(1, [...text].length - (place.column - 1));
  const carets = "^".repeat(Math.max(1, Math.min(length ?? 1, rest)));
  const bar = paint.blue("|");
  return [
    ` ${blank} ${bar}`,
    ` ${paint.blue(gutter(place))} ${bar} ${text}`,
    ` ${blank} ${bar} ${before.join("")}${paint.red(carets)}`,
  ];
}

/** A message as it may be shown: no secret, no control characters. */
export function shown(text: string): string {
  return printable(withoutSecrets(text));
}

/** Text of a file or a service, without the control characters with which it could rewrite a terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "\ufffd");
}
