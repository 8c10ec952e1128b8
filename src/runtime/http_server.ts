/** An HTTP server for clients on this machine. A slow or greedy client does not keep other clients out. */
import { lstatSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { readIfExists } from "./read_if_exists.ts";

export interface HttpServerRequest {
  readonly method: string;
  /** The request target, including the query, as the client sent it. */
  readonly path: string;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The port that the server listens on; undefined for a Unix socket. */
  readonly port: number | undefined;
}

export interface HttpServerResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why the request is refused, in a few words and without a secret; undefined if it is not. */
  readonly refusal?: string;
  /** Called when the response has been sent, or cannot be sent any more. */
  readonly sent?: () => void;
}

/** A request that was refused. */
export interface RefusedRequest {
  /** Method and path as the client sent them; undefined if the request could not be parsed. */
  readonly request: Pick<HttpServerRequest, "method" | "path"> | undefined;
  readonly status: number;
  readonly reason: string;
}

/** Returns a response, from memory and therefore at once, or a promise of it. It must neither throw nor reject. */
export type RequestHandler = (request: HttpServerRequest) => HttpServerResponse | Promise<HttpServerResponse>;

/** Called with each refused request. */
export type RefusalLog = (refused: RefusedRequest) => void;

export interface RunningServer {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Stops listening and closes all connections. */
  close(): void;
}

/** SDKs send a few hundred bytes. */
const SDK_HEADER_BYTES = 8 * 1024;
/** For a whole request, however slowly it arrives. */
const REQUEST_TIMEOUT_MS = 5000;
/** For a connection between two requests. */
const IDLE_TIMEOUT_MS = 5000;
/** Of the file descriptors that the process may open, at most half are for connections: a refresh needs some, too. */
const MAX_CONNECTIONS = 512;

/** unix(7): the size of `sun_path` on Linux, without the terminating NUL. */
const MAX_SOCKET_PATH_BYTES = 107;

/** The only address that rolecall's servers listen on. */
export const LOOPBACK = "127.0.0.1";

/**
 * Listens on loopback.
 *
 * @param port 0 for any free port.
 * @param maxHeaderBytes the maximum size of a request line and its headers.
 * @throws the system's error, with a `code` such as `EADDRINUSE`.
 */
export async function listenOnLoopback(
  port: number,
  handle: RequestHandler,
  logRefusal?: RefusalLog,
  maxHeaderBytes = SDK_HEADER_BYTES,
): Promise<RunningServer> {
  const bound = { port };
  const server = createBoundedServer(() => bound.port, handle, logRefusal, maxHeaderBytes);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, resolve);
  });
  const address = server.address();
  if (typeof address === "object" && address !== null) bound.port = address.port;
  return { port: bound.port, close: () => closeServer(server) };
}

/**
 * Listens on a Unix socket that only its owner can use, and replaces a socket that no process listens on any more.
 *
 * @throws the system's error: `EADDRINUSE` if a process listens on the socket, `EEXIST` if the path is another kind of
 *   file, `ENAMETOOLONG`.
 */
export async function listenOnSocket(
  path: string,
  handle: RequestHandler,
  logRefusal?: RefusalLog,
): Promise<RunningServer> {
  // Checked here because Deno and some systems report this as another error.
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw Object.assign(new Error(`the path ${path} is too long for a socket`), { code: "ENAMETOOLONG" });
  }
  await removeUnusedSocket(path);
  const server = createBoundedServer(() => undefined, handle, logRefusal);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The umask belongs to the whole process, so it is restored as soon as `listen` has created the socket.
    const umask = process.umask(0o177);
    try {
      server.listen({ path }, resolve);
    } finally {
      process.umask(umask);
    }
  });
  return {
    port: 0,
    close: () => {
      closeServer(server);
      rmSync(path, { force: true });
    },
  };
}

function createBoundedServer(
  port: () => number | undefined,
  handle: RequestHandler,
  logRefusal: RefusalLog = () => {},
  maxHeaderSize = SDK_HEADER_BYTES,
): Server {
  const server = createServer(
    {
      maxHeaderSize,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
    },
    (incoming, outgoing) => {
      markActive(incoming.socket);
      const request = requestOf(incoming, port());
      const respond = (response: HttpServerResponse): void => {
        const { status, refusal } = response;
        if (refusal !== undefined) logRefusal({ request, status, reason: refusal });
        sendResponse(outgoing, response, hasBody(incoming));
      };
      const response = rejectMalformed(incoming) ?? handle(request);
      if (response instanceof Promise) response.then(respond);
      else respond(response);
    },
  );
  const markActive = limitConnections(server, maxConnections());
  // A request that is too slow, too large or not HTTP.
  server.on("clientError", (_error, socket) => {
    if (socket.writable) {
      socket.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      logRefusal({ request: undefined, status: 400, reason: "it is too slow, too large or not HTTP" });
    }
    socket.destroy();
  });
  return server;
}

/**
 * Closes the connection that has been idle for longest if there are too many. If the server refused new connections
 * instead, a client that opens many and sends nothing could lock out all others.
 *
 * @returns a function to call with a connection when it sends a request.
 */
function limitConnections(server: Server, max: number): (connection: Socket) => void {
  // Ordered by last activity, the longest idle connection first.
  const open = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    const [longestIdle] = open;
    if (open.size <= max || longestIdle === undefined) return;
    open.delete(longestIdle);
    longestIdle.destroy();
  });
  return (connection) => {
    if (open.delete(connection)) open.add(connection);
  };
}

/** Half of the limit of open files, if the system has /proc to read it from. */
function maxConnections(): number {
  const limits = readIfExists("/proc/self/limits")?.toString("utf8") ?? "";
  const openFiles = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return openFiles === undefined ? MAX_CONNECTIONS : Math.min(MAX_CONNECTIONS, Math.floor(Number(openFiles) / 2));
}

/** Rejects an ambiguous request: a proxy in front of the server could read it differently. */
function rejectMalformed(incoming: IncomingMessage): HttpServerResponse | undefined {
  const names = incoming.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const duplicate = ["host", "authorization"].find((name) => names.filter((other) => other === name).length > 1);
  if (duplicate !== undefined) return refuse(400, "BadRequest", `duplicate ${duplicate} header`);
  if (hasBody(incoming)) return refuse(413, "BadRequest", "a request must not have a body");
  return undefined;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** The response to a request that is refused. */
export function refuse(status: number, code: string, reason: string): HttpServerResponse {
  return { status, body: jsonError(code, reason), refusal: reason };
}

/** The body of an error response. */
export function jsonError(code: string, message: string): string {
  return JSON.stringify({ code, message });
}

function requestOf(incoming: IncomingMessage, port: number | undefined): HttpServerRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers: Object.fromEntries(headers), port };
}

function sendResponse(
  outgoing: ServerResponse,
  { status, headers, body, sent }: HttpServerResponse,
  closeConnection: boolean,
): void {
  if (sent !== undefined) {
    outgoing.once("finish", sent);
    outgoing.once("close", sent);
  }
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(closeConnection ? { connection: "close" } : {}),
    ...headers,
  });
  outgoing.end(body);
}

function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function removeUnusedSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw Object.assign(new Error(`${path} is not a socket`), { code: "EEXIST" });
  const isInUse = await new Promise<boolean>((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  if (isInUse) throw Object.assign(new Error(`${path} is in use`), { code: "EADDRINUSE" });
  rmSync(path);
}
