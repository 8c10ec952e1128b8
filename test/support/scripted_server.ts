/**
 * An HTTP server on loopback that gives prepared responses in order and records the requests. While it runs, time limits
 * in this process (`setTimeout`) only run out when it lets time pass, so no response is late by chance.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { startManualTimers } from "./manual_timers.ts";

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
  /** Milliseconds that pass before the response: shorter time limits run out. */
  readonly afterMs?: number;
}

/** Accepts the request and never responds: every time limit runs out. */
export const SILENCE = "silence";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface ScriptedServer {
  readonly url: string;
  /** The requests since the last call of `script`. */
  readonly requests: readonly RecordedRequest[];
  /** Prepares the responses. The last one is given to all further requests, too. */
  script(...replies: readonly (Reply | typeof SILENCE)[]): void;
  stop(): void;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const timers = startManualTimers();
  const requests: RecordedRequest[] = [];
  let replies: readonly (Reply | typeof SILENCE)[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const reply = replies[Math.min(requests.length, replies.length - 1)] ?? { status: 500 };
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    if (reply === SILENCE) {
      timers.pass(Number.POSITIVE_INFINITY);
      return;
    }
    timers.pass(reply.afterMs ?? 0);
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(typeof reply.body === "object" ? JSON.stringify(reply.body) : reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Idle connections stay open, however much time passes.
  server.keepAliveTimeout = 0;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script(...prepared) {
      replies = prepared;
      requests.length = 0;
    },
    stop() {
      timers.restore();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A URL at which nothing listens: the port was free a moment ago. */
export async function closedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
