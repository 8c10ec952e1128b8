/** Durations, timestamps and suggestions for mistyped words. */
import { describe, expect, test } from "bun:test";
import { formatDuration, formatDurationExactly, parseDuration } from "../../../src/text/duration.ts";
import { nearest } from "../../../src/text/suggest.ts";
import { formatTimestamp, parseTimestamp } from "../../../src/text/timestamp.ts";

describe("parseDuration, in seconds", () => {
  const rows: readonly [text: string, seconds: number | undefined][] = [
    ["900", 900],
    ["90s", 90],
    ["15m", 900],
    ["1h", 3600],
    ["1h30m", 5400],
    ["1h0m5s", 3605],
    ["0", 0],
    ["", undefined],
    ["soon", undefined],
    ["1d", undefined],
    ["30m1h", undefined],
    ["1.5h", undefined],
    ["-5", undefined],
    [" 5", undefined],
    ["1H", undefined],
    ["99999999999999999999", undefined],
  ];
  for (const [text, seconds] of rows) {
    test(JSON.stringify(text), () => expect(parseDuration(text)).toBe(seconds));
  }
});

describe("formatDuration uses the two largest units", () => {
  const rows: readonly [seconds: number, text: string][] = [
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [61, "1 min 1 s"],
    [3600, "1 h"],
    [3601, "1 h"],
    [21_590, "5 h 59 min"],
    [90_000, "1 d 1 h"],
    [86_400 * 400, "400 d"],
  ];
  for (const [seconds, text] of rows) test(text, () => expect(formatDuration(seconds)).toBe(text));
  test("formatDurationExactly uses all units", () =>
    expect([0, 3600, 131_405].map(formatDurationExactly)).toEqual(["0 s", "1 h", "1 d 12 h 30 min 5 s"]));
});

describe("parseTimestamp", () => {
  const rows: readonly [text: string, iso: string | undefined][] = [
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05UTC", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T05:04:05+0200", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"],
    ["2026-01-02 03:04:05Z", "2026-01-02T03:04:05.000Z"],
    ["2026-01-02T03:04:05", undefined],
    ["2026-13-02T03:04:05Z", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ];
  for (const [text, iso] of rows) {
    test(JSON.stringify(text), () => expect(parseTimestamp(text)?.toISOString()).toBe(iso as never));
  }

  test("formatTimestamp uses the format of the AWS CLI", () => {
    expect(formatTimestamp(new Date("2026-01-02T03:04:05.678Z"))).toBe("2026-01-02T03:04:05+00:00");
  });
});

describe("nearest", () => {
  const rows: readonly [word: string, candidates: readonly string[], meant: string | undefined][] = [
    ["depoy", ["deploy", "default"], "deploy"],
    ["Deploy", ["deploy"], "deploy"],
    ["delpoy", ["deploy"], "deploy"],
    ["prod", ["production"], undefined],
    ["x", ["y"], undefined],
    ["x", ["X"], "X"],
    ["staging", ["prod", "dev"], undefined],
    ["", ["a", "bc"], undefined],
    ["deploy", [], undefined],
  ];
  for (const [word, candidates, meant] of rows) {
    test(`${word} among ${candidates.join(", ")}`, () => expect(nearest(word, candidates)).toBe(meant));
  }
});
