/** The limits of a request, and its errors when a server or proxy misbehaves. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { HttpError } from "../../../src/http/error.ts";
import { type HttpLimits, httpRequest } from "../../../src/http/request.ts";
import { serve } from "../../cloud/server.ts";
import { type ManualTimers, startManualTimers } from "../../support/manual_timers.ts";

const LIMITS: HttpLimits = { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 1000 };

/** Time limits only run out when a server lets time pass. */
let timers: ManualTimers;
let stop: (() => unknown) | undefined;
beforeEach(() => {
  timers = startManualTimers();
});
afterEach(async () => {
  await stop?.();
  stop = undefined;
  timers.restore();
});

/** Starts a TCP server with the given behavior. */
async function startTcpServer(handle: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Sends response headers without end. */
function sendEndlessHeaders(socket: Socket): void {
  const flood = () => {
    while (!socket.destroyed && socket.write(`x-a: ${"x".repeat(1000)}\r\n`));
  };
  socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n", flood));
  socket.on("drain", flood);
}

async function errorKind(url: string, limits: HttpLimits): Promise<string> {
  try {
    const { status } = await httpRequest({ method: "GET", url }, limits);
    return `HTTP ${status}`;
  } catch (error) {
    if (error instanceof HttpError) return error.kind;
    throw error;
  }
}

describe("a request fails", () => {
  const respond = (text: string) => (socket: Socket) => void socket.once("data", () => socket.write(text));
  /** Lets time pass once a request has arrived. */
  const wait = (ms: number) => (socket: Socket) => void socket.once("data", () => timers.pass(ms));
  const rows: readonly [what: string, handle: (socket: Socket) => void, limits: HttpLimits, kind: string][] = [
    ["when there is no response", wait(5000), { ...LIMITS, connectMs: 9000, totalMs: 9000 }, "response-timeout"],
    [
      "when the response never ends, although its bytes arrive steadily",
      (socket) => {
        socket.once("data", () => {
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
          const drip = setInterval(() => {
            socket.write("x");
            timers.pass(1000);
          }, 10);
          socket.once("close", () => clearInterval(drip));
        });
      },
      LIMITS,
      "response-timeout",
    ],
    ["when it exceeds the total limit", wait(4000), { ...LIMITS, totalMs: 4000 }, "response-timeout"],
    [
      "when the response is too large",
      respond(`HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${"x".repeat(2000)}`),
      LIMITS,
      "too-large",
    ],
    ["when the response headers never end", sendEndlessHeaders, LIMITS, "protocol"],
    [
      "when the connection is closed without a response",
      (socket) => void socket.once("data", () => socket.destroy()),
      LIMITS,
      "reset",
    ],
    [
      "when the connection is closed in the middle of the response",
      (socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx")),
      LIMITS,
      "reset",
    ],
    ["when the response is not HTTP", respond("SSH-2.0-OpenSSH_9.9\r\n"), LIMITS, "protocol"],
  ];
  for (const [what, handle, limits, kind] of rows) {
    test(what, async () => expect(await errorKind(await startTcpServer(handle), limits)).toBe(kind));
  }

  const proxies: readonly [what: string, handle: (socket: Socket) => void, kind: string][] = [
    ["does not respond", wait(3000), "connect-timeout"],
    [
      "rejects the request",
      respond("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"),
      "proxy",
    ],
    ["closes the connection", (socket) => void socket.once("data", () => socket.destroy()), "reset"],
    ["sends endless headers", sendEndlessHeaders, "protocol"],
    [
      "opens a tunnel without a TLS server at its end",
      (socket) =>
        void socket.once("data", () => {
          wait(3000)(socket);
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
        }),
      "connect-timeout",
    ],
  ];
  for (const [what, handle, kind] of proxies) {
    test(`when the proxy ${what}`, async () => {
      const proxy = new URL(await startTcpServer(handle));
      const limits = { ...LIMITS, connectMs: 3000 };
      const request = httpRequest({ method: "GET", url: "https://sts.example/", proxy }, limits);
      await expect(request).rejects.toMatchObject({ kind });
    });
  }

  test("when nothing is listening", async () => expect(await errorKind("http://127.0.0.1:9/", LIMITS)).toBe("refused"));
  test("when a header is invalid", async () => {
    const request = httpRequest({ method: "GET", url: "http://127.0.0.1:9/", headers: { x: "a\nb" } }, LIMITS);
    await expect(request).rejects.toBeInstanceOf(HttpError);
  });
});

test("returns the complete response and does not follow a redirect", async () => {
  const server = await serve(() => ({ status: 302, headers: { location: "/elsewhere", "x-a": "1" }, body: "é" }));
  stop = server.stop;
  const response = await httpRequest({ method: "PUT", url: server.url, body: "x" }, LIMITS);
  expect([response.status, response.headers["x-a"], new TextDecoder().decode(response.body)]).toEqual([302, "1", "é"]);
});
