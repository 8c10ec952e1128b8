/** One bounded request: how it ends when the other side does not do what it should. */
import { afterEach, describe, expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { HttpError } from "../../../src/http/error.ts";
import { type HttpLimits, httpRequest } from "../../../src/http/request.ts";
import { serve } from "../../cloud/server.ts";

const LIMITS: HttpLimits = { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 1000 };
const SHORT: HttpLimits = { ...LIMITS, responseMs: 100 };

let stop: (() => unknown) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

/** A server that treats each connection as it likes. */
async function raw(treat: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    treat(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** An answer of headers without end. */
function endlessHead(socket: Socket): void {
  const flood = () => {
    while (!socket.destroyed && socket.write(`x-a: ${"x".repeat(1000)}\r\n`));
  };
  socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n", flood));
  socket.on("drain", flood);
}

async function failureOf(url: string, limits: HttpLimits): Promise<string> {
  try {
    const { status } = await httpRequest({ method: "GET", url }, limits);
    return `HTTP ${status}`;
  } catch (error) {
    if (error instanceof HttpError) return error.kind;
    throw error;
  }
}

describe("a request fails", () => {
  const answer = (text: string) => (socket: Socket) => void socket.once("data", () => socket.write(text));
  const rows: readonly [what: string, treat: (socket: Socket) => void, limits: HttpLimits, kind: string][] = [
    ["when nothing is answered", () => {}, SHORT, "response-timeout"],
    [
      "when the answer never ends, however steadily its bytes come",
      (socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
          const drip = setInterval(() => socket.write("x"), 10);
          socket.once("close", () => clearInterval(drip));
        });
      },
      SHORT,
      "response-timeout",
    ],
    ["when the whole takes too long", () => {}, { ...LIMITS, totalMs: 100 }, "response-timeout"],
    [
      "when the answer is too large",
      answer(`HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${"x".repeat(2000)}`),
      LIMITS,
      "too-large",
    ],
    ["when its head never ends", endlessHead, LIMITS, "protocol"],
    ["when the connection is closed", (socket) => void socket.once("data", () => socket.destroy()), LIMITS, "reset"],
    [
      "when it breaks off in the middle",
      (socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx")),
      LIMITS,
      "reset",
    ],
    ["when the answer is no HTTP", answer("SSH-2.0-OpenSSH_9.9\r\n"), LIMITS, "protocol"],
  ];
  for (const [what, treat, limits, kind] of rows) {
    test(what, async () => expect(await failureOf(await raw(treat), limits)).toBe(kind));
  }

  const proxies: readonly [what: string, treat: (socket: Socket) => void, kind: string][] = [
    ["is silent", () => {}, "connect-timeout"],
    ["refuses", answer("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"), "proxy"],
    ["closes the connection", (socket) => void socket.once("data", () => socket.destroy()), "reset"],
    ["never ends its answer", endlessHead, "protocol"],
    ["makes a tunnel in which nobody answers", answer("HTTP/1.1 200 OK\r\n\r\n"), "connect-timeout"],
  ];
  for (const [what, treat, kind] of proxies) {
    test(`when the proxy ${what}`, async () => {
      const proxy = new URL(await raw(treat));
      const limits = { ...LIMITS, connectMs: kind === "connect-timeout" ? 100 : 5000 };
      const request = httpRequest({ method: "GET", url: "https://sts.example/", proxy }, limits);
      await expect(request).rejects.toMatchObject({ kind });
    });
  }

  test("when nobody is there", async () => expect(await failureOf("http://127.0.0.1:9/", LIMITS)).toBe("refused"));
  test("when the URL has a header that is none", async () => {
    const request = httpRequest({ method: "GET", url: "http://127.0.0.1:9/", headers: { x: "a\nb" } }, LIMITS);
    await expect(request).rejects.toBeInstanceOf(HttpError);
  });
});

test("an answer comes back whole, with its status, and no redirect is followed", async () => {
  const server = await serve(() => ({ status: 302, headers: { location: "/elsewhere", "x-a": "1" }, body: "é" }));
  stop = server.stop;
  const answer = await httpRequest({ method: "PUT", url: server.url, body: "x" }, LIMITS);
  expect([answer.status, answer.headers["x-a"], new TextDecoder().decode(answer.body)]).toEqual([302, "1", "é"]);
});
