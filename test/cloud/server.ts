/** An HTTP server on loopback. The handler gets each request with its complete body. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ReceivedRequest } from "./sigv4.ts";

export interface TestResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `hang` sends no response, `reset` closes the connection, `drip` sends a byte at a time without end. */
export type Reaction = TestResponse | "hang" | "reset" | "drip";

export interface LoopbackServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  stop(): Promise<void>;
}

/** The address to listen at. The default is a free port of 127.0.0.1. */
export interface ListenAt {
  readonly host?: string;
  readonly port?: number;
}

export async function serve(
  handle: (request: ReceivedRequest) => Reaction | Promise<Reaction>,
  { host = "127.0.0.1", port: requestedPort = 0 }: ListenAt = {},
): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  const drips = new Set<ReturnType<typeof setInterval>>();
  const server = createServer(async (incoming, outgoing) => {
    const reaction = await handle(await receive(incoming));
    if (reaction === "hang") return;
    if (reaction === "reset") {
      incoming.socket.destroy();
      return;
    }
    if (reaction === "drip") {
      outgoing.writeHead(200, { "content-type": "text/xml" });
      outgoing.write("<");
      drips.add(setInterval(() => outgoing.write(" "), 200));
      return;
    }
    outgoing.writeHead(reaction.status ?? 200, reaction.headers);
    outgoing.end(reaction.body ?? "");
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(requestedPort, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    server,
    async stop() {
      for (const drip of drips) clearInterval(drip);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return {
    method: incoming.method ?? "",
    target: incoming.url ?? "/",
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
