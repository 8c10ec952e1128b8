/** An HTTP server for programs of this machine, in which a slow or greedy client stops nobody. */
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { readIfExists } from "./read_if_exists.ts";

export interface HttpServerRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly path: string;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What a `Host` header has to be that means this server. */
  readonly boundHost: string;
}

export interface HttpServerResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RunningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Ends all connections, too. */
  close(): void;
}

/** SDKs send a few hundred bytes. */
const MAX_HEADER_BYTES = 8 * 1024;
/** Milliseconds for a whole request, however slowly it comes. */
const REQUEST_MS = 5000;
/** Milliseconds that an idle connection is kept. */
const IDLE_MS = 5000;
/** Of what the process may have open, connections take the half at most: renewals need some, too. */
const MOST_CONNECTIONS = 512;

/** Bytes: what a `sockaddr_un` holds on Linux, less the NUL. */
const LONGEST_SOCKET_NAME = 107;

/** The one address that servers of ours listen on. */
export const LOOPBACK = "127.0.0.1";

/**
 * @param port 0 for a free one.
 * @param answer answers at once, from memory. It must not throw.
 * @throws the system's error, with a `code` such as `EADDRINUSE`.
 */
export async function listenOnLoopback(
  port: number,
  answer: (request: HttpServerRequest) => HttpServerResponse,
): Promise<RunningServer> {
  const bound = { port, host: "" };
  const server = boundedServer(() => bound.host, answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, resolve);
  });
  const address = server.address();
  if (typeof address === "object" && address !== null) bound.port = address.port;
  // Clients leave out the port that http has anyway.
  bound.host = bound.port === 80 ? LOOPBACK : `${LOOPBACK}:${bound.port}`;
  return { port: bound.port, close: () => shut(server) };
}

/**
 * Listens on a Unix socket that only its owner can use. One that a process left behind is replaced. There is no host in
 * its address, so clients say `localhost`.
 *
 * @throws the system's error; `EADDRINUSE` where somebody still listens, `EEXIST` where there is a file of another kind,
 * `ENAMETOOLONG`.
 */
export async function listenOnSocket(
  path: string,
  answer: (request: HttpServerRequest) => HttpServerResponse,
): Promise<RunningServer> {
  // Deno, or the system, says something else.
  if (Buffer.byteLength(path) > LONGEST_SOCKET_NAME) {
    throw Object.assign(new Error(`${path} is too long`), { code: "ENAMETOOLONG" });
  }
  await removeLeftOver(path);
  const server = boundedServer(() => "localhost", answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The socket is made before `listen` returns. No longer does the mask count, which is the whole process's.
    const before = process.umask(0o177);
    try {
      server.listen({ path }, resolve);
    } finally {
      process.umask(before);
    }
  });
  chmodSync(path, 0o600);
  return {
    port: 0,
    close: () => {
      shut(server);
      rmSync(path, { force: true });
    },
  };
}

function boundedServer(boundHost: () => string, answer: (request: HttpServerRequest) => HttpServerResponse): Server {
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1000,
    },
    (incoming, outgoing) => {
      heardFrom(incoming.socket);
      respond(outgoing, refused(incoming) ?? answer(requestOf(incoming, boundHost())), hasBody(incoming));
    },
  );
  const heardFrom = keepNewest(server, connectionLimit());
  // A request that is too slow, too large, or none.
  server.on("clientError", (_error, socket) => {
    if (socket.writable) socket.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    socket.destroy();
  });
  return server;
}

/**
 * Lets the connection go that has been quiet for longest when there are too many. To refuse new ones instead would let
 * whoever opens many of them, and asks nothing, keep everybody else out.
 *
 * @returns a function to call with a connection on which a request has come.
 */
function keepNewest(server: Server, most: number): (connection: Socket) => void {
  // In the order in which they were heard from.
  const open = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    const [quietest] = open;
    if (open.size <= most || quietest === undefined) return;
    open.delete(quietest);
    quietest.destroy();
  });
  return (connection) => {
    if (open.delete(connection)) open.add(connection);
  };
}

/** Where the system does not tell the limit of open files, it is a usual one. */
function connectionLimit(): number {
  const limits = readIfExists("/proc/self/limits")?.toString("utf8") ?? "";
  const openFiles = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return openFiles === undefined ? MOST_CONNECTIONS : Math.min(MOST_CONNECTIONS, Math.floor(Number(openFiles) / 2));
}

/** What is ambiguous is refused: another reader could understand it in another way. */
function refused(incoming: IncomingMessage): HttpServerResponse | undefined {
  const names = incoming.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = ["host", "authorization"].find((name) => names.filter((other) => other === name).length > 1);
  if (twice !== undefined)
    return { status: 400, body: jsonError("BadRequest", `there is more than one ${twice} header`) };
  if (hasBody(incoming)) return { status: 413, body: jsonError("BadRequest", "a request has no body here") };
  return undefined;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** An error for programs: a code and a message. */
export function jsonError(code: string, message: string): string {
  return JSON.stringify({ code, message });
}

function requestOf(incoming: IncomingMessage, boundHost: string): HttpServerRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers: Object.fromEntries(headers), boundHost };
}

function respond(outgoing: ServerResponse, { status, headers, body }: HttpServerResponse, close: boolean): void {
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(close ? { connection: "close" } : {}),
    ...headers,
  });
  outgoing.end(body);
}

function shut(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function removeLeftOver(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw Object.assign(new Error(`${path} is no socket`), { code: "EEXIST" });
  const inUse = await new Promise<boolean>((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  if (inUse) throw Object.assign(new Error(`${path} is in use`), { code: "EADDRINUSE" });
  rmSync(path);
}
