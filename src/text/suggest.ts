/** Suggestions for a mistyped name. */
import { didYouMeanName } from "../domain/help_texts.ts";

/**
 * The candidate that is most similar to a mistyped word, or undefined if none is similar enough.
 *
 * A candidate is similar enough if its edit distance (insert, delete, replace, swap neighbours) is at most a third of the
 * word's length, or 1 for a short word. Case does not count. For a single letter, only case may differ: one edit would
 * replace the whole word.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = word.length < 2 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // The edit distance is at least the difference in length.
    if (Math.abs(word.length - candidate.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * The help line `did you mean "…"?`.
 *
 * @param otherwise the help line if no candidate is similar enough.
 */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise?: string): string[] {
  const meant = nearest(word, candidates);
  const line = meant === undefined ? otherwise : didYouMeanName(meant);
  return line === undefined ? [] : [line];
}

/** The optimal string alignment distance: Levenshtein distance in which a swap of neighbours is one edit. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, at(previous, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1);
      }
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
