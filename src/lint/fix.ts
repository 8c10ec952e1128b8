/** Plans what `--fix` changes: the new text of each file, and new modes. It writes nothing itself. */
import { type Edit, editText } from "../ini/edit.ts";
import type { Finding, Fix } from "./finding.ts";
import type { LintInput } from "./input.ts";
import { type LintResult, lint } from "./lint.ts";

export interface FixPlan {
  /** By path. */
  readonly texts: ReadonlyMap<string, FixedText>;
  readonly modes: readonly FixedMode[];
}

export interface FixedText {
  readonly before: string;
  readonly after: string;
  /** The findings that the new text fixes. */
  readonly findings: readonly Finding[];
}

export interface FixedMode {
  readonly path: string;
  readonly mode: number;
  readonly finding: Finding;
}

/** A fix may reveal another finding with a fix, in a renamed section for example. A few rounds are always enough. */
const MAX_ROUNDS = 10;

/**
 * Applies fixes until none is left, so that a second `--fix` finds nothing to do.
 *
 * @param first the findings of the files as they are on disk.
 */
export function planFixes(input: LintInput, first: LintResult): FixPlan {
  const texts = new Map<string, FixedText>();
  const readFile = (path: string) => {
    const fixed = texts.get(path);
    return fixed === undefined ? input.readFile(path) : new TextEncoder().encode(fixed.after);
  };
  let result = first;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const byFile = Map.groupBy(result.findings.filter(hasEdit), ({ at }) => at.file);
    if (byFile.size === 0) break;
    for (const [path, findings] of byFile) {
      const text = result.texts.get(path) ?? "";
      const known = texts.get(path) ?? { before: text, after: text, findings: [] };
      const after = editText(
        text,
        findings.flatMap(({ fix }) => fix.edits),
      );
      texts.set(path, { ...known, after, findings: [...known.findings, ...findings] });
    }
    result = lint({ ...input, readFile });
  }
  const modes = first.findings.flatMap((finding) =>
    finding.fix?.kind === "mode" ? [{ path: finding.fix.path, mode: finding.fix.mode, finding }] : [],
  );
  return { texts, modes };
}

function hasEdit(finding: Finding): finding is Finding & { readonly fix: Fix & { readonly edits: readonly Edit[] } } {
  return finding.fix?.kind === "edit";
}
