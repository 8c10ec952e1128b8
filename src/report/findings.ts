/** The findings of `check` for people, for programs and for GitHub Actions. */
import { LINE_END } from "../ini/spans.ts";
import type { Severity } from "../lint/catalogue.ts";
import { type Finding, isFilePosition } from "../lint/finding.ts";
import type { Colors } from "./colors.ts";
import { escapeControls, renderDiagnostic, shownLine } from "./error.ts";
import { jsonText } from "./json_text.ts";

/**
 * The findings, each in the form of an error, with an empty line after it.
 *
 * @param texts the text of each file, by path, to show the line.
 */
export function renderFindings(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  colors: Colors,
): string {
  // Each text is split once, because a file may have as many findings as lines.
  // The byte order mark is removed, because it has no column.
  const lines = new Map([...texts].map(([path, text]) => [path, text.replace(/^\uFEFF/, "").split(LINE_END)]));
  return findings
    .map((finding) => {
      const { severity, code, message, at, length, fix } = finding;
      const help = fix === undefined ? finding.help : [...finding.help, "use --fix to apply this"];
      const line = isFilePosition(at) ? shownLine(lines.get(at.file) ?? [], at.line) : undefined;
      return `${renderDiagnostic({ severity, code, message, at, length, help }, line, colors)}\n`;
    })
    .join("");
}

/** The number of findings by severity: `2 errors, 1 warning`. */
export function countText(findings: readonly Finding[]): string {
  const count = (severity: Severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}${number === 1 ? "" : "s"}`];
  };
  return [...count("error"), ...count("warning"), ...count("note")].join(", ");
}

/** A list of `{code, severity, message, file, line, column, help, fixable}`. A whole file has line 1 and column 1. */
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
 * Workflow commands with which GitHub Actions shows the findings at the lines of the files:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotations(findings: readonly Finding[]): string {
  return findings
    .map(({ code, severity, message, at, help }) => {
      const position = isFilePosition(at) ? `,line=${at.line},col=${at.column}` : "";
      const text = [message, ...help].map(escapeControls).join("\n");
      return `::${GITHUB_LEVELS[severity]} file=${escapeProperty(at.file)}${position},title=${escapeProperty(code)}::${escapeData(text)}\n`;
    })
    .join("");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(escapeControls(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
