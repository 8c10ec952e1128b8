/** The limits of a request, and its errors when a server or proxy misbehaves, with both HTTP clients. */
import { afterEach, beforeEach, describe, expect, spyOn, test } from "bun:test";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import type { HttpClient, HttpLimits } from "../../../src/domain/http.ts";
import { HttpError } from "../../../src/http/error.ts";
import { portableHttpClient } from "../../../src/http/request.ts";
import { currentHttpClient } from "../../../src/runtime/http/current_client.ts";
import { serve } from "../../cloud/server.ts";
import { type ManualTimers, startManualTimers } from "../../support/manual_timers.ts";
import { closedUrl } from "../../support/scripted_server.ts";

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

async function errorKind(client: HttpClient, url: string, limits: HttpLimits, method = "GET"): Promise<string> {
  try {
    const { status } = await client.request({ method, url }, limits);
    return `HTTP ${status}`;
  } catch (error) {
    if (error instanceof HttpError) return error.kind;
    throw error;
  }
}

/** A fatal alert (RFC 8446, section 6). */
const HANDSHAKE_FAILURE = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

const CLIENTS: readonly [name: string, client: HttpClient][] = [
  ["the client over Bun's sockets", currentHttpClient()],
  ["the portable client", portableHttpClient],
];

describe.each(CLIENTS)("%s fails", (_, client) => {
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
      { ...LIMITS, maxBytes: 200_000 },
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
    test(what, async () => expect(await errorKind(client, await startTcpServer(handle), limits)).toBe(kind));
  }

  const overTls: readonly [what: string, handle: (socket: Socket) => void, kind: string][] = [
    ["does not speak it", respond("HTTP/1.1 400 Bad Request\r\n\r\n"), "tls"],
    ["rejects the handshake", (socket) => void socket.once("data", () => socket.write(HANDSHAKE_FAILURE)), "tls"],
    ["does not respond", wait(5000), "response-timeout"],
  ];
  for (const [what, handle, kind] of overTls) {
    test(`over TLS, when the server ${what}`, async () => {
      const url = (await startTcpServer(handle)).replace("http:", "https:");
      expect(await errorKind(client, url, { ...LIMITS, connectMs: 9000, totalMs: 9000 })).toBe(kind);
    });
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
      const request = client.request({ method: "GET", url: "https://sts.example/", proxy }, limits);
      await expect(request).rejects.toMatchObject({ kind });
    });
  }

  test("when nothing is listening", async () =>
    expect(await errorKind(client, "http://127.0.0.1:9/", LIMITS)).toBe("refused"));
  test("when a header is invalid", async () => {
    const request = client.request({ method: "GET", url: "http://127.0.0.1:9/", headers: { x: "a\nb" } }, LIMITS);
    await expect(request).rejects.toBeInstanceOf(HttpError);
  });
});

test.each(CLIENTS)("%s returns the complete response and does not follow a redirect", async (_, client) => {
  const server = await serve(() => ({ status: 302, headers: { location: "/elsewhere", "x-a": "1" }, body: "é" }));
  stop = server.stop;
  const response = await client.request({ method: "PUT", url: server.url, body: "x" }, LIMITS);
  expect([response.status, response.headers["x-a"], new TextDecoder().decode(response.body)]).toEqual([302, "1", "é"]);
});

describe("the client over Bun's sockets", () => {
  test("sends further requests over the same connection", async () => {
    const server = await serve(() => ({ body: "x" }));
    stop = server.stop;
    let connections = 0;
    server.server.on("connection", () => connections++);
    const client = currentHttpClient();
    for (let count = 0; count < 3; count++) await client.request({ method: "GET", url: server.url }, LIMITS);
    expect(connections).toBe(1);
    await client.request({ method: "GET", url: server.url, ca: "another trust" }, LIMITS);
    expect(connections).toBe(2);
  });

  describe("if the server closes the first connection when the next request arrives", () => {
    /** Sends two requests. @returns how many the server received, and the second response. */
    async function sendTwo(method: string, pauseMs: number) {
      let requests = 0;
      const url = await startTcpServer((socket) => {
        let ofConnection = 0;
        socket.on("data", () => {
          requests++;
          ofConnection++;
          if (ofConnection > 1) socket.destroy();
          else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        });
      });
      const client = currentHttpClient();
      await client.request({ method: "GET", url }, LIMITS);
      const clock = spyOn(performance, "now").mockReturnValue(performance.now() + pauseMs);
      const second = await errorKind(client, url, LIMITS, method);
      clock.mockRestore();
      return [requests, second];
    }

    test("after some seconds, it opens another one", async () => {
      expect(await sendTwo("POST", 5000)).toEqual([3, "HTTP 200"]);
    });
    test("at once, that is an error, because the request may have had its effect", async () => {
      expect(await sendTwo("POST", 0)).toEqual([2, "reset"]);
    });
    test.each(["GET", "PUT"])("at once, it opens another one for %s, which can be repeated", async (method) => {
      expect(await sendTwo(method, 0)).toEqual([3, "HTTP 200"]);
    });
    test("after minutes, it opens another one without trying", async () => {
      expect(await sendTwo("POST", 90_000)).toEqual([2, "HTTP 200"]);
    });
  });

  test("reports a body without a length that a reset has cut", async () => {
    const url = await startTcpServer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\npart", () => socket.resetAndDestroy());
      });
    });
    expect(await errorKind(currentHttpClient(), url, LIMITS)).toBe("reset");
  });

  test("sends a request over the connection that was opened for it", async () => {
    const server = await serve(() => ({ body: "x" }));
    stop = server.stop;
    let connections = 0;
    server.server.on("connection", () => connections++);
    const client = currentHttpClient();
    const { promise: opened, resolve: onOpened } = Promise.withResolvers<void>();
    await client.open({ url: server.url }, onOpened);
    await client.open({ url: server.url }, () => expect.unreachable());
    await opened;
    expect((await client.request({ method: "GET", url: `${server.url}/path` }, LIMITS)).status).toBe(200);
    expect(connections).toBe(1);
  });

  test("opens another connection, if the one that was opened for it has failed", async () => {
    const client = currentHttpClient();
    const url = await closedUrl();
    await client.open({ url }, () => expect.unreachable());
    const failed = await client.request({ method: "GET", url }, LIMITS).catch((error: unknown) => error);
    expect(failed).toMatchObject({ kind: "refused" });
    const port = Number(new URL(url).port);
    const server = await serve(() => ({ status: 204 }), { port });
    stop = server.stop;
    expect((await client.request({ method: "GET", url }, LIMITS)).status).toBe(204);
  });
});
