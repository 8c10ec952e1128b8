/** A unified diff of two texts, as patch(1) reads it. */

const CONTEXT_LINES = 3;

interface Change {
  readonly kind: " " | "-" | "+";
  readonly line: string;
}

/**
 * The difference between two texts; empty if they are equal.
 *
 * @param name of the file, in the head of the diff.
 */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  const changes = changesBetween(linesOf(before), linesOf(after));
  const shown = changes.map((_, index) =>
    changes.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1).some(({ kind }) => kind !== " "),
  );
  const hunks: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (let index = 0; index < changes.length; ) {
    if (shown[index] !== true) {
      index++;
      oldLine++;
      newLine++;
      continue;
    }
    const end = shown.indexOf(false, index);
    const hunk = changes.slice(index, end === -1 ? undefined : end);
    const [oldCount, newCount] = ["+", "-"].map((other) => hunk.filter(({ kind }) => kind !== other).length);
    const range = (line: number, count = 0) => `${count === 0 ? line - 1 : line},${count}`;
    hunks.push(
      `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n`,
      ...hunk.map(({ kind, line }) => `${kind}${line}${line.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`),
    );
    oldLine += oldCount ?? 0;
    newLine += newCount ?? 0;
    index += hunk.length;
  }
  return `--- ${name}\n+++ ${name}\n${hunks.join("")}`;
}

/** The lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Not always the smallest difference, but one for which the texts are read only once. */
function changesBetween(before: readonly string[], after: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  let next = 0;
  for (const line of after) {
    const found = before[next] === line ? next : before.indexOf(line, next);
    if (found === -1 || (line.trim() === "" && found !== next)) {
      changes.push({ kind: "+", line });
      continue;
    }
    for (const removed of before.slice(next, found)) changes.push({ kind: "-", line: removed });
    changes.push({ kind: " ", line });
    next = found + 1;
  }
  for (const removed of before.slice(next)) changes.push({ kind: "-", line: removed });
  return changes;
}
