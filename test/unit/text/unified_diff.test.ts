/** Unified diffs: applied to the first text, they give the second one. */
import { expect, test } from "bun:test";
import { unifiedDiff } from "../../../src/text/unified_diff.ts";

/** What patch(1) does, without tolerance. */
function apply(before: string, diff: string): string {
  const source = before.split(/(?<=\n)/).filter((line) => line !== "");
  const result: string[] = [];
  let next = 0;
  const lines = diff.split(/(?<=\n)/).slice(2);
  for (const [index, line] of lines.entries()) {
    const hunk = /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/m.exec(line);
    const text = lines[index + 1]?.startsWith("\\ ") ? line.slice(1, -1) : line.slice(1);
    if (hunk !== null) {
      const [oldStart = 0, oldCount = 0, newStart = 0, newCount = 0] = hunk.slice(1).map(Number);
      while (next < oldStart - (oldCount === 0 ? 0 : 1)) result.push(source[next++] ?? "");
      expect(result).toHaveLength(newStart - (newCount === 0 ? 0 : 1));
    } else if (line.startsWith("+")) result.push(text);
    else if (!line.startsWith("\\")) {
      expect(text).toBe(source[next++] ?? "");
      if (line.startsWith(" ")) result.push(text);
    }
  }
  return [...result, ...source.slice(next)].join("");
}

test("equal texts have none", () => expect(unifiedDiff("f", "a\n", "a\n")).toBe(""));

test("a change has three lines around it", () => {
  expect(unifiedDiff("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n")).toBe(
    "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n+x\n-5\n 6\n 7\n 8\n",
  );
});

test("a new file, and a last line without an end", () => {
  expect(unifiedDiff("f", "", "a\nb")).toBe("--- f\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n");
});

test("any difference gives the second text", () => {
  // A linear congruential generator, so that a failure can be repeated.
  let state = 1;
  const random = (limit: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * limit);
  };
  const text = () => {
    const lines = Array.from({ length: random(25) }, () => ["a", "b", "c", "", "[x]"][random(5)]);
    return lines.join("\n") + (random(2) === 0 || lines.length === 0 ? "" : "\n");
  };
  for (let run = 0; run < 500; run++) {
    const [before, after] = [text(), text()];
    if (before !== after) expect(apply(before, unifiedDiff("f", before, after))).toBe(after);
  }
});
