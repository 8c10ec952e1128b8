/** docs/check.md, split into its index and its sections. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface IndexRow {
  readonly code: string;
  readonly link: string;
  readonly severity: string;
  readonly summary: string;
  readonly hasFix: boolean;
}

export interface RuleSection {
  readonly code: string;
  readonly severity: string;
  /** The bold labels, in order. */
  readonly labels: readonly string[];
  readonly fix: string;
  readonly blocks: readonly ExampleBlock[];
}

/** A fenced block: a file (`ini`, `toml`), lines that `--fix` changes (`diff`), or a part of the output (`text`). */
export interface ExampleBlock {
  readonly language: string;
  /** The path below the home folder, from the comment `# ~/…` that a file begins with. */
  readonly path: string | undefined;
  readonly text: string;
}

const PAGE = readFileSync(fileURLToPath(new URL("../../docs/check.md", import.meta.url)), "utf8");

export const INDEX: readonly IndexRow[] = [
  ...PAGE.matchAll(/^\| \[`([a-z0-9-]+)`\]\(#([a-z0-9-]+)\) \| (\w+) \| (.*) \| (yes|) ?\|$/gm),
].map(([, code = "", link = "", severity = "", summary = "", fix]) => ({
  code,
  link,
  severity,
  summary,
  hasFix: fix === "yes",
}));

export const SECTIONS: readonly RuleSection[] = PAGE.split(/^(?=## )/m).flatMap((section) => {
  const [, code, severity] = /^## ([a-z0-9-]+) \((\w+)\)\n/.exec(section) ?? [];
  if (code === undefined || severity === undefined) return [];
  return [
    {
      code,
      severity,
      labels: [...section.matchAll(/^\*\*(.*?)\*\*/gm)].map(([, label = ""]) => label),
      fix: /^\*\*Fix\*\*: ([\s\S]*)/m.exec(section)?.[1] ?? "",
      blocks: [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
        language,
        path: /^# ~\/(\S+)\n/.exec(text)?.[1],
        text,
      })),
    },
  ];
});
