/** Responses of a metadata service, and responses of a proxy or captive portal in between. */
import { describe, expect, test } from "bun:test";
import { isFromIntermediary } from "../../../src/http/intermediary.ts";

type Response = readonly [what: string, status: number, headers: Record<string, string>, body: string];

const toResponse = ([, status, headers, body]: Response) => ({
  status,
  headers,
  body: new TextEncoder().encode(body),
  exchangeMs: 0,
});

describe("from a proxy or captive portal", () => {
  const rows: readonly Response[] = [
    ["a login page", 200, { "content-type": "text/html; charset=utf-8" }, "Log in"],
    ["a login page without a content type", 200, {}, "\n<!DOCTYPE html><html></html>"],
    ["a redirect to a login page", 302, { location: "https://portal.example/" }, ""],
    ["proxy authentication", 407, {}, ""],
    ["network authentication", 511, {}, ""],
    ["an error of a proxy", 503, { via: "1.1 proxy" }, "no way there"],
    ["a response with a Via header", 200, { via: "1.1 proxy" }, "instance"],
  ];
  for (const row of rows) test(row[0], () => expect(isFromIntermediary(toResponse(row))).toBe(true));
});

describe("from the metadata service", () => {
  const rows: readonly Response[] = [
    ["a token", 200, { "content-type": "text/plain" }, "AQAEA"],
    [
      "an HTML error page of EC2",
      401,
      { "content-type": "text/html", server: "EC2ws" },
      "<?xml version='1.0'?><html/>",
    ],
    ["a redirect of EC2 to a path with a slash at its end", 301, { location: "/latest/meta-data/" }, ""],
    ["forbidden", 403, {}, ""],
  ];
  for (const row of rows) test(row[0], () => expect(isFromIntermediary(toResponse(row))).toBe(false));
});
