/** Errors and other diagnostics for people: message, position with an excerpt of the file, help. */
import type { RolecallError } from "../domain/errors.ts";
import { type FilePosition, type Origin, shortOrigin } from "../domain/origin.ts";
import { LINE_END } from "../ini/spans.ts";
import { redactExcerpt, redactFileLine } from "../text/redact.ts";
import { mayHaveSecret } from "../text/secret_spans.ts";
import { escapeInvisible, hasInvisible } from "../text/visible.ts";
import type { Colors } from "./colors.ts";

/**
 * The error in a few lines: code, message, position with the line of the file and carets, what was tried, notes, help.
 *
 * @param texts the text of each file that was read, by path, to show the line.
 */
export function renderError(error: RolecallError, texts: ReadonlyMap<string, string>, colors: Colors): string {
  const { at } = error;
  const lines = at !== undefined && "file" in at ? texts.get(at.file)?.split(LINE_END) : undefined;
  const line = lines !== undefined && at !== undefined && "line" in at ? shownLine(lines, at.line) : undefined;
  return renderDiagnostic({ ...error, severity: "error", message: error.message }, line, colors);
}

/** A line of a file without its secrets, for `renderDiagnostic`; undefined if the file does not have it. */
export function shownLine(lines: readonly string[], number: number): string | undefined {
  return number > lines.length ? undefined : redactFileLine(lines, number - 1);
}

export interface Diagnostic {
  readonly severity: "error" | "warning" | "note";
  readonly code: string;
  readonly message: string;
  /** A file without a line means the whole file. */
  readonly at: Origin | { readonly file: string } | undefined;
  readonly length: number | undefined;
  readonly tried?: readonly string[];
  readonly notes?: readonly string[];
  readonly help: readonly string[];
}

/** @param line the line of the file at the position, from `shownLine`; undefined to show none. */
export function renderDiagnostic(diagnostic: Diagnostic, line: string | undefined, colors: Colors): string {
  const { severity, code, message, at, length, tried = [], notes = [], help } = diagnostic;
  const color = { error: colors.red, warning: colors.yellow, note: colors.blue }[severity];
  const lines = [`${color(colors.bold(`${severity}[${code}]`))}${colors.bold(`: ${escapeControls(message)}`)}`];
  const position = at !== undefined && "line" in at && line !== undefined ? at : undefined;
  const indent = position === undefined ? 1 : lineNumber(position).length;
  if (at !== undefined)
    lines.push(`${" ".repeat(indent + 1)}${colors.blue("-->")} ${escapeInvisible(locationText(at))}`);
  if (position !== undefined && line !== undefined) lines.push(...excerptLines(position, length, line, colors));
  const details = [
    ...tried.map((text) => ["tried", text] as const),
    ...notes.map((text) => ["note", text] as const),
    ...help.map((text) => ["help", text] as const),
  ];
  for (const [label, text] of details)
    lines.push(`${" ".repeat(indent + 2)}${colors.blue("=")} ${colors.bold(label)}: ${escapeControls(text)}`);
  return `${lines.join("\n")}\n`;
}

function locationText(origin: Origin | { readonly file: string }): string {
  if ("file" in origin && !("line" in origin)) return origin.file;
  if ("variable" in origin) return `variable ${origin.variable}`;
  if ("option" in origin) return `option ${origin.option}`;
  return shortOrigin(origin);
}

function lineNumber(position: FilePosition): string {
  return String(position.line);
}

function excerptLines(position: FilePosition, length: number | undefined, line: string, colors: Colors): string[] {
  const { part, column } = clipped([...line], position.column);
  // An escaped character takes several columns.
  const cells = part.map(escapeInvisible);
  const blank = " ".repeat(lineNumber(position).length);
  const before = cells.slice(0, column - 1).map((cell) => (cell === "\t" ? "\t" : " ".repeat([...cell].length)));
  const marked = [...cells.slice(column - 1, column - 1 + Math.max(1, length ?? 1)).join("")].length;
  const carets = "^".repeat(Math.max(1, marked));
  const bar = colors.blue("|");
  return [
    ` ${blank} ${bar}`,
    ` ${colors.blue(lineNumber(position))} ${bar} ${cells.join("")}`,
    ` ${blank} ${bar} ${before.join("")}${colors.red(carets)}`,
  ];
}

/** The number of characters that are shown of a long line, and how many of them precede the position. */
const MAX_EXCERPT_LENGTH = 200;
const EXCERPT_BEFORE = 40;

/** The part of a long line around the column, with an ellipsis at each end that is cut off. */
function clipped(line: readonly string[], column: number): { part: readonly string[]; column: number } {
  if (line.length <= MAX_EXCERPT_LENGTH) return { part: line, column };
  const start = Math.max(0, Math.min(column - 1 - EXCERPT_BEFORE, line.length - MAX_EXCERPT_LENGTH));
  const end = start + MAX_EXCERPT_LENGTH;
  const ellipsis = start > 0 ? ["…"] : [];
  return {
    part: [...ellipsis, ...line.slice(start, end), ...(end < line.length ? ["…"] : [])],
    column: column - start + ellipsis.length,
  };
}

/** The number of characters that are shown of a message, which may contain a name or a response of any length. */
const MAX_MESSAGE_LENGTH = 2000;

/** Whether `escapeControls` certainly returns the text, and each word of it, as it is. */
export function isShownUnchanged(text: string): boolean {
  return text.length <= MAX_MESSAGE_LENGTH && !hasInvisible(text) && !mayHaveSecret(text);
}

/** Makes a message safe to print: redacts secrets, shows invisible characters escaped and limits the length. */
export function escapeControls(text: string): string {
  return escapeInvisible(redactExcerpt(text, MAX_MESSAGE_LENGTH));
}
