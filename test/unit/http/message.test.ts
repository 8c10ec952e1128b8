/** The bytes of requests, and the parser of responses, with the bytes arriving at once and one at a time. */
import { describe, expect, test } from "bun:test";
import { HttpError } from "../../../src/http/error.ts";
import { type ParsedResponse, ResponseParser, requestBytes } from "../../../src/http/message.ts";

const MAX_BYTES = 100;

/** Parses a response that arrives in pieces of the given size; `end` is the end of the connection. */
function parse(text: string, size: number, { method = "GET", end = false } = {}): ParsedResponse | undefined {
  const parser = new ResponseParser(method, MAX_BYTES);
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) {
    const response = parser.push(bytes.subarray(at, at + size));
    if (response !== undefined) return response;
  }
  return end ? parser.end({ isReset: false }) : undefined;
}

const SIZES = [1, 2, 7, 100_000];
const text = (response: ParsedResponse | undefined) => response && new TextDecoder().decode(response.body);

describe("a response is complete", () => {
  const rows: readonly [what: string, response: string, body: string, isReusable: boolean][] = [
    ["after its content-length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", true],
    ["without a body", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", "", true],
    ["without a reason", "HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx", "x", true],
    ["after status 204", "HTTP/1.1 204 No Content\r\n\r\n", "", true],
    ["after status 304, whatever its length", "HTTP/1.1 304 X\r\ncontent-length: 9\r\n\r\n", "", false],
    ["after status 204, but a body may follow", "HTTP/1.1 204 X\r\ncontent-length: 9\r\n\r\n", "", false],
    ["after status 204, with the length 0", "HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n", "", true],
    [
      "after its last chunk",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
      "abc",
      true,
    ],
    [
      "after chunks whose sizes begin with zeros",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0000000000002\r\nab\r\n000000000000\r\n\r\n",
      "ab",
      true,
    ],
    [
      "after its trailer",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\nA;x=y\r\n0123456789\r\n000\r\nx: y\r\n\r\n",
      "0123456789",
      true,
    ],
    [
      "after interim responses",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\na: b\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
      "",
      true,
    ],
    ["with lines that end with LF alone", "HTTP/1.1 200 OK\ncontent-length: 2\n\nab", "ab", true],
    ["if the length is repeated", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", "x", true],
    ["with HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", "x", false],
    [
      "with HTTP/1.0 and keep-alive",
      "HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\nx",
      "x",
      true,
    ],
    ["and the server closes", "HTTP/1.1 200 OK\r\nConnection: x, close\r\ncontent-length: 1\r\n\r\nx", "x", false],
  ];
  for (const [what, response, body, isReusable] of rows) {
    test(what, () => {
      for (const size of SIZES) {
        const parsed = parse(response, size);
        expect([text(parsed), parsed?.isReusable]).toEqual([body, isReusable]);
      }
    });
  }

  test("at the end of the connection", () => {
    for (const size of SIZES) {
      const response = "HTTP/1.1 200 OK\r\n\r\nabc";
      expect(parse(response, size)).toBeUndefined();
      const parsed = parse(response, size, { end: true });
      expect([text(parsed), parsed?.isReusable]).toEqual(["abc", false]);
    }
  });

  test("after the headers of a response to HEAD", () => {
    expect(text(parse("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n", 9, { method: "HEAD" }))).toBe("");
  });

  test("and further bytes follow: the connection is not used again", () => {
    const parsed = parse("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1", 1000);
    expect([text(parsed), parsed?.isReusable]).toEqual(["x", false]);
  });
});

test("headers: names in lower case, values trimmed and joined", () => {
  const parsed = parse("HTTP/1.1 204 X\r\nX-A:  1 \t\r\nx-a: 2\r\n__proto__: p\r\nempty:\r\nq: a:b\r\n\r\n", 3);
  const { "x-a": joined, empty, q } = parsed?.headers ?? {};
  expect([joined, empty, q]).toEqual(["1, 2", "", "a:b"]);
  expect(Object.keys(parsed?.headers ?? {})).toContain("__proto__");
});

describe("a response is rejected", () => {
  const rows: readonly [what: string, response: string, kind: string][] = [
    ["that is not HTTP", "SSH-2.0-OpenSSH\r\n", "protocol"],
    ["of HTTP/2", "HTTP/2 200\r\n\r\n", "protocol"],
    ["with a status that is no number", "HTTP/1.1 abc OK\r\n\r\n", "protocol"],
    ["with a status below 100", "HTTP/1.1 020 OK\r\n\r\n", "protocol"],
    ["that switches protocols", "HTTP/1.1 101 X\r\n\r\n", "protocol"],
    ["with endless interim responses", "HTTP/1.1 100 X\r\n\r\n".repeat(20), "protocol"],
    ["with a header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "protocol"],
    ["with a header without a colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n", "protocol"],
    ["with a folded header", "HTTP/1.1 200 OK\r\na: b\r\n c: d\r\n\r\n", "protocol"],
    ["with a space after a name", "HTTP/1.1 200 OK\r\na : b\r\n\r\n", "protocol"],
    ["with NUL in a header", "HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n", "protocol"],
    ["with CR in a header", "HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n", "protocol"],
    ["with headers that are too large", `HTTP/1.1 200 OK\r\na: ${"x".repeat(17_000)}`, "protocol"],
    ["with a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "protocol"],
    ["with a hexadecimal length", "HTTP/1.1 200 OK\r\ncontent-length: 0x1\r\n\r\n", "protocol"],
    ["with two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "protocol"],
    [
      "with a length and chunks",
      "HTTP/1.1 200 X\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
      "protocol",
    ],
    ["with another transfer encoding", "HTTP/1.1 200 X\r\ntransfer-encoding: gzip, chunked\r\n\r\n", "protocol"],
    ["with a chunk size that is no number", "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\n", "protocol"],
    ["with a chunk that is too long", "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n", "protocol"],
    [
      "with an endless chunk line",
      `HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n1;${"x".repeat(17_000)}`,
      "protocol",
    ],
    [
      "with an endless trailer",
      `HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${"a: b\r\n".repeat(5000)}`,
      "protocol",
    ],
    ["that is too large, by its length", "HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n", "too-large"],
    ["that is too large, by a chunk", "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nffffffff\r\n", "too-large"],
    ["that is too large, by its bytes", `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(101)}`, "too-large"],
  ];
  for (const [what, response, kind] of rows) {
    test(what, () => {
      for (const size of SIZES) expect(() => parse(response, size)).toThrow(expect.objectContaining({ kind }));
    });
  }

  const cut: readonly [what: string, response: string, message: string][] = [
    ["without any byte", "", "closed without a response"],
    ["in the headers", "HTTP/1.1 200 OK\r\na", "closed without a response"],
    ["before its length", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na", "closed in the middle of the response"],
    ["before its last chunk", "HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n", "closed in the middle"],
  ];
  for (const [what, response, message] of cut) {
    test(`that ends ${what}`, () => expect(() => parse(response, 5, { end: true })).toThrow(message));
  }
});

describe("a request", () => {
  const bytes = (request: Parameters<typeof requestBytes>[0]) => new TextDecoder().decode(requestBytes(request));

  test("with a body: path, query, host and content-length", () => {
    expect(bytes({ method: "POST", url: "http://h.example:81/a%20b?c=d#e", headers: { "X-A": "1" }, body: "é" })).toBe(
      "POST /a%20b?c=d HTTP/1.1\r\nhost: h.example:81\r\ncontent-length: 2\r\nX-A: 1\r\n\r\né",
    );
  });

  test("without a body: PUT has a content-length, GET has none", () => {
    expect(bytes({ method: "PUT", url: "http://[::1]/" })).toBe(
      "PUT / HTTP/1.1\r\nhost: [::1]\r\ncontent-length: 0\r\n\r\n",
    );
    expect(bytes({ method: "GET", url: "https://h.example" })).toBe("GET / HTTP/1.1\r\nhost: h.example\r\n\r\n");
  });

  test("keeps the headers that it has", () => {
    const headers = { Host: "other", "Content-Length": "1" };
    expect(bytes({ method: "PUT", url: "http://h/", headers, body: "x" })).toBe(
      "PUT / HTTP/1.1\r\nHost: other\r\nContent-Length: 1\r\n\r\nx",
    );
  });

  for (const [name, value] of [
    ["x", "a\r\nb: c"],
    ["x", "a\nb"],
    ["x", "a\0"],
    ["x", "€"],
    ["x y", "a"],
    ["", "a"],
    ["x:", "a"],
  ] as const) {
    test(`is rejected with the header ${JSON.stringify([name, value])}`, () => {
      expect(() => bytes({ method: "GET", url: "http://h/", headers: { [name]: value } })).toThrow(HttpError);
    });
  }

  test("is rejected with a method that is not a word", () => {
    expect(() => bytes({ method: "GET / HTTP/1.1\r\nx:", url: "http://h/" })).toThrow(HttpError);
  });
});
