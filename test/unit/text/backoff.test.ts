/** The delays between attempts. */
import { describe, expect, test } from "bun:test";
import { equalJitterDelay, fullJitterDelay } from "../../../src/text/backoff.ts";

const BACKOFF = { baseMs: 100, maxMs: 1000 };

describe("the delay after so many failures, in milliseconds", () => {
  const rows: readonly [failures: number, random: number, fullJitter: number, equalJitter: number][] = [
    [1, 0, 0, 50],
    [1, 0.5, 50, 75],
    [1, 1, 100, 100],
    [2, 0.5, 100, 150],
    [3, 0.5, 200, 300],
    [4, 0.5, 400, 600],
    [5, 0.5, 500, 750],
    [5, 0, 0, 500],
    [5, 1, 1000, 1000],
    [10_000, 0.5, 500, 750],
  ];
  for (const [failures, random, fullJitter, equalJitter] of rows) {
    test(`${failures} failures, random ${random}`, () => {
      expect(fullJitterDelay(failures, BACKOFF, random)).toBe(fullJitter);
      expect(equalJitterDelay(failures, BACKOFF, random)).toBe(equalJitter);
    });
  }
});
