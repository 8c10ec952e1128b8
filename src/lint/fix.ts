/** What `--fix` does: which texts the two files get, and which modes. It touches nothing itself. */
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
  /** What was found and is mended by it. */
  readonly findings: readonly Finding[];
}

export interface FixedMode {
  readonly path: string;
  readonly mode: number;
  readonly finding: Finding;
}

/** A mended section may show something else to mend; each round mends all that it sees, and few show anything new. */
const MOST_ROUNDS = 10;

/**
 * Mends until there is nothing more to mend, so that a second `--fix` finds nothing to do.
 *
 * @param first what was found in the files as they are.
 */
export function planFixes(subject: LintInput, first: LintResult): FixPlan {
  const texts = new Map<string, FixedText>();
  const readFile = (path: string) => {
    const mended = texts.get(path);
    return mended === undefined ? subject.readFile(path) : new TextEncoder().encode(mended.after);
  };
  let result = first;
  for (let round = 0; round < MOST_ROUNDS; round++) {
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
    result = lint({ ...subject, readFile });
  }
  const modes = first.findings.flatMap((finding) =>
    finding.fix?.kind === "mode" ? [{ path: finding.fix.path, mode: finding.fix.mode, finding }] : [],
  );
  return { texts, modes };
}

function hasEdit(finding: Finding): finding is Finding & { readonly fix: Fix & { readonly edits: readonly Edit[] } } {
  return finding.fix?.kind === "edit";
}
