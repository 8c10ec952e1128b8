/** URLs of endpoints and proxies. */
import { describe, expect, test } from "bun:test";
import { isHttpUrl, joinUrl, parseHttpUrl, withoutTrailingSlash } from "../../../src/text/url.ts";

describe("parseHttpUrl", () => {
  const rows: readonly [text: string, href: string | undefined][] = [
    ["http://localhost", "http://localhost/"],
    ["https://example.com:8443/path?query", "https://example.com:8443/path?query"],
    ["HTTPS://EXAMPLE.com", "https://example.com/"],
    ["http://[fd00:ec2::254]", "http://[fd00:ec2::254]/"],
    ["ftp://example.com", undefined],
    ["example.com", undefined],
    ["//example.com", undefined],
    ["http:example.com", undefined],
    ["http:///example.com", undefined],
    ["http://", undefined],
    ["http://two words", undefined],
    ["http://example.com:port", undefined],
    ["", undefined],
  ];
  for (const [text, href] of rows) {
    test(JSON.stringify(text), () => {
      expect(parseHttpUrl(text)?.href).toBe(href as never);
      expect(isHttpUrl(text)).toBe(href !== undefined);
    });
  }
});

test("withoutTrailingSlash removes one slash", () => {
  expect(withoutTrailingSlash("https://example.com/")).toBe("https://example.com");
  expect(withoutTrailingSlash("https://example.com")).toBe("https://example.com");
  expect(withoutTrailingSlash("https://example.com//")).toBe("https://example.com/");
});

test("joinUrl puts one slash between endpoint and path", () => {
  expect(joinUrl("https://example.com", "v1/token")).toBe("https://example.com/v1/token");
  expect(joinUrl("https://example.com/", "v1/token")).toBe("https://example.com/v1/token");
  expect(joinUrl("https://example.com/base/", "token?a=b")).toBe("https://example.com/base/token?a=b");
});
