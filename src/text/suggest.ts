/** What a person may have meant by a word that is not known. */
import { didYouMeanName } from "../domain/help_texts.ts";

/**
 * The candidate that a person most likely meant by a mistyped word, or undefined when none is close.
 *
 * Close is an edit distance (insert, delete, replace, swap neighbours) of at most a third of the word's length, and at
 * least one; upper and lower case count as equal. Of a single letter nothing would be left.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = word.length < 2 ? 1 : Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // The difference in length alone is that many edits.
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
 * The question as a help line; none where nothing is close.
 *
 * @param otherwise the line to say then.
 */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise?: string): string[] {
  const meant = nearest(word, candidates);
  const line = meant === undefined ? otherwise : didYouMeanName(meant);
  return line === undefined ? [] : [line];
}

/** Optimal string alignment distance: Levenshtein with swapped neighbours counted as one edit. */
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
