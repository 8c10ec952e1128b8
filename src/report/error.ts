/** How a person sees an error, or something else that stands at a place. */
import type { RolecallError } from "../domain/errors.ts";
import { type FilePosition, type Origin, shortOrigin } from "../domain/origin.ts";
import { LINE_END } from "../ini/spans.ts";
import { redact, redactLine } from "../text/redact.ts";
import type { Colors } from "./colors.ts";

/**
 * The error in a few lines: code and message, the place with its line and a caret, what was tried, what to do.
 *
 * @param texts the files that were read, by path, for the line at the place.
 */
export function renderError(error: RolecallError, texts: ReadonlyMap<string, string>, paint: Colors): string {
  const { at } = error;
  const line = at !== undefined && "file" in at ? texts.get(at.file)?.split(LINE_END)[at.line - 1] : undefined;
  return renderDiagnostic({ ...error, severity: "error", message: error.message }, line, paint);
}

export interface Diagnostic {
  readonly severity: "error" | "warning" | "note";
  readonly code: string;
  readonly message: string;
  /** A file without a line is meant as a whole. */
  readonly at: Origin | { readonly file: string } | undefined;
  readonly length: number | undefined;
  readonly tried?: readonly string[];
  readonly notes?: readonly string[];
  readonly help: readonly string[];
}

/** @param line that of the place, where it is to be shown. */
export function renderDiagnostic(diagnostic: Diagnostic, line: string | undefined, paint: Colors): string {
  const { severity, code, message, at, length, tried = [], notes = [], help } = diagnostic;
  const color = { error: paint.red, warning: paint.yellow, note: paint.blue }[severity];
  const lines = [`${color(paint.bold(`${severity}[${code}]`))}${paint.bold(`: ${escapeControls(message)}`)}`];
  const place = at !== undefined && "line" in at && line !== undefined ? at : undefined;
  const indent = place === undefined ? 1 : gutter(place).length;
  if (at !== undefined) lines.push(`${" ".repeat(indent + 1)}${paint.blue("-->")} ${printable(placeText(at))}`);
  if (place !== undefined && line !== undefined) lines.push(...excerptLines(place, length, line, paint));
  const remarks = [
    ...tried.map((text) => ["tried", text] as const),
    ...notes.map((text) => ["note", text] as const),
    ...help.map((text) => ["help", text] as const),
  ];
  for (const [label, text] of remarks)
    lines.push(`${" ".repeat(indent + 2)}${paint.blue("=")} ${paint.bold(label)}: ${escapeControls(text)}`);
  return `${lines.join("\n")}\n`;
}

function placeText(origin: Origin | { readonly file: string }): string {
  if ("file" in origin && !("line" in origin)) return origin.file;
  if ("variable" in origin) return `variable ${origin.variable}`;
  if ("option" in origin) return `option ${origin.option}`;
  return shortOrigin(origin);
}

function gutter(place: FilePosition): string {
  return String(place.line);
}

function excerptLines(place: FilePosition, length: number | undefined, line: string, paint: Colors): string[] {
  const { part, column } = clipped([...printable(redactLine(line))], place.column);
  const blank = " ".repeat(gutter(place).length);
  const before = part.slice(0, column - 1).map((character) => (character === "\t" ? "\t" : " "));
  const rest = Math.max(1, part.length - (column - 1));
  const carets = "^".repeat(Math.max(1, Math.min(length ?? 1, rest)));
  const bar = paint.blue("|");
  return [
    ` ${blank} ${bar}`,
    ` ${paint.blue(gutter(place))} ${bar} ${part.join("")}`,
    ` ${blank} ${bar} ${before.join("")}${paint.red(carets)}`,
  ];
}

/** Characters of a line that are shown, and of those how many before the place. */
const WIDEST = 200;
const BEFORE = 40;

/** The part of a very long line around the column, with dots for what is left out. */
function clipped(line: readonly string[], column: number): { part: readonly string[]; column: number } {
  if (line.length <= WIDEST) return { part: line, column };
  const start = Math.max(0, Math.min(column - 1 - BEFORE, line.length - WIDEST));
  const end = start + WIDEST;
  const dots = start > 0 ? ["…"] : [];
  return {
    part: [...dots, ...line.slice(start, end), ...(end < line.length ? ["…"] : [])],
    column: column - start + dots.length,
  };
}

/** Characters of a message. A name or an answer in it may be any length; nobody reads more. */
const LONGEST = 2000;

/** A message as it may be shown: no secret, no control characters, no end of the screen in sight. */
export function escapeControls(text: string): string {
  const whole = printable(redact(text));
  return whole.length <= LONGEST ? whole : `${whole.slice(0, LONGEST)}…`;
}

/** Text of a file or a service, without the control characters with which it could rewrite a terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "\ufffd");
}
