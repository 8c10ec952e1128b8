/** Whose answer it is: the metadata's, or that of something in between. */
import { describe, expect, test } from "bun:test";
import { isFromIntermediary } from "../../../src/http/intermediary.ts";

type Answer = readonly [what: string, status: number, headers: Record<string, string>, body: string];

const answerOf = ([, status, headers, body]: Answer) => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
  exchangeMs: 0,
});

describe("a proxy's or a captive portal's", () => {
  const rows: readonly Answer[] = [
    ["a login page", 200, { "content-type": "text/html; charset=utf-8" }, "Log in"],
    ["a login page that does not say what it is", 200, {}, "\n<!DOCTYPE html><html></html>"],
    ["the way to a login page", 302, { location: "https://portal.example/" }, ""],
    ["proxy authentication", 407, {}, ""],
    ["network authentication", 511, {}, ""],
    ["a proxy's own error", 503, { via: "1.1 proxy" }, "no way there"],
    ["what a proxy passed on", 200, { via: "1.1 proxy" }, "instance"],
  ];
  for (const row of rows) test(row[0], () => expect(isFromIntermediary(answerOf(row))).toBe(true));
});

describe("the metadata's own", () => {
  const rows: readonly Answer[] = [
    ["a token", 200, { "content-type": "text/plain" }, "AQAEA"],
    ["EC2's page for an error", 401, { "content-type": "text/html", server: "EC2ws" }, "<?xml version='1.0'?><html/>"],
    ["EC2's redirect to a path with a slash", 301, { location: "/latest/meta-data/" }, ""],
    ["forbidden", 403, {}, ""],
  ];
  for (const row of rows) test(row[0], () => expect(isFromIntermediary(answerOf(row))).toBe(false));
});
