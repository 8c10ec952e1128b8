/** An HTTP server on loopback that gives prepared responses in order and records the requests. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
  /** Milliseconds before the response, to exceed a shorter time limit. */
  readonly afterMs?: number;
}

/** Accepts the request and never responds. */
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
  const requests: RecordedRequest[] = [];
  let replies: readonly (Reply | typeof SILENCE)[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const reply = replies[Math.min(requests.length, replies.length - 1)] ?? { status: 500 };
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    if (reply === SILENCE) return;
    if (reply.afterMs !== undefined) await new Promise((resolve) => setTimeout(resolve, reply.afterMs));
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(typeof reply.body === "object" ? JSON.stringify(reply.body) : reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script(...prepared) {
      replies = prepared;
      requests.length = 0;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A URL at which nothing listens: the port was free a moment ago. */
export async function closedUrl(): Promise<string> {
  const server = await startScriptedServer();
  server.stop();
  return server.url;
}
