/** What `check` has found: for a person, for a program, for GitHub Actions. */
import { LINE_END } from "../ini/spans.ts";
import type { Severity } from "../lint/catalogue.ts";
import { type Finding, isFilePosition } from "../lint/finding.ts";
import type { Colors } from "./colors.ts";
import { escapeControls, renderDiagnostic } from "./error.ts";
import { jsonText } from "./json_text.ts";

/**
 * Each finding as an error would be shown, with an empty line after it.
 *
 * @param texts the files' texts, by path, for the line at the place.
 */
export function renderFindings(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  paint: Colors,
): string {
  // Split once: a file may have as many findings as lines.
  const lines = new Map([...texts].map(([path, text]) => [path, text.split(LINE_END)]));
  return findings
    .map((finding) => {
      const { severity, code, message, at, length, fix } = finding;
      const help = fix === undefined ? finding.help : [...finding.help, "use --fix to apply this"];
      const line = isFilePosition(at) ? shownLine(lines.get(at.file)?.[at.line - 1], at.line) : undefined;
      return `${renderDiagnostic({ severity, code, message, at, length, help }, line, paint)}\n`;
    })
    .join("");
}

/** A byte order mark takes up no column. */
function shownLine(line: string | undefined, number: number): string | undefined {
  return number === 1 ? line?.replace(/^\uFEFF/, "") : line;
}

/** How many there are: `2 errors, 1 warning`. */
export function countText(findings: readonly Finding[]): string {
  const count = (severity: Severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? "" : "s"}`];
  };
  return [...count("error"), ...count("warning"), ...count("note")].join(", ");
}

/** A list of `{code, severity, message, file, line, column, help, fixable}`. What is about a whole file stands at 1:1. */
export function findingsJson(findings: readonly Finding[]): string {
  const list = findings.map(({ code, severity, message, at, help, fix }) => ({
    code,
    severity,
    message,
    file: at.file,
    line: isFilePosition(at) ? at.line : 1,
    column: isFilePosition(at) ? at.column : 1,
    help,
    fixable: fix !== undefined,
  }));
  return jsonText(list);
}

const GITHUB_LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

/**
 * Workflow commands of GitHub Actions, which shows them at the lines of the files:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotations(findings: readonly Finding[]): string {
  return findings
    .map(({ code, severity, message, at, help }) => {
      const place = isFilePosition(at) ? `,line=${at.line},col=${at.column}` : "";
      const text = [message, ...help].map(escapeControls).join("\n");
      return `::${GITHUB_LEVELS[severity]} file=${property(at.file)}${place},title=${property(code)}::${data(text)}\n`;
    })
    .join("");
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(escapeControls(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
