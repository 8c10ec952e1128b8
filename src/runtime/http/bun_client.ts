/** The HTTP client over Bun's sockets. It keeps connections open, so that the roles of a chain share one. */
import type { HttpClient, HttpLimits, HttpRequest, HttpResponse } from "../../domain/http.ts";
import { amazonRootsFor } from "../../http/amazon_roots.ts";
import { HttpError, type HttpErrorKind, timeoutError } from "../../http/error.ts";
import { ResponseParser, requestBytes } from "../../http/message.ts";
import { type Connection, connect, type Exchange, type Target } from "./connection.ts";

/** Milliseconds. A connection that was idle for longer may be dead without a sign of it: routers forget idle ones. */
const MAX_IDLE_MS = 60_000;

/**
 * Milliseconds. Servers close connections that are idle for seconds; after a shorter time, it has another reason, and the
 * request may have had its effect. That matters only for a method that is not idempotent (RFC 9110, section 9.2.2).
 */
const MIN_CLOSED_IDLE_MS = 1000;

interface IdleConnection {
  readonly connection: Connection;
  readonly since: number;
}

/**
 * Creates a client without connections.
 *
 * @param rootsFor the certificates to trust first for a host. If they do not suffice, a second connection trusts all.
 */
export function bunHttpClient(rootsFor: typeof amazonRootsFor = amazonRootsFor): HttpClient {
  /** The connections without a request, by their target. They may still be opening. */
  const idle = new Map<string, IdleConnection[]>();

  const firstRoots = ({ url, ca }: Target) => (ca === undefined ? rootsFor(new URL(url).hostname) : undefined);
  const keep = (target: Target, connection: Connection) => {
    const key = keyOf(target);
    idle.set(key, [...(idle.get(key) ?? []), { connection, since: performance.now() }]);
  };
  const take = (target: Target): IdleConnection | undefined => {
    const connections = idle.get(keyOf(target)) ?? [];
    for (let next = connections.pop(); next !== undefined; next = connections.pop()) {
      if (next.connection.isOpen() && performance.now() - next.since <= MAX_IDLE_MS) return next;
      next.connection.close();
    }
    return undefined;
  };

  const sendOver = async (connection: Connection, request: HttpRequest, limits: HttpLimits, started: number) => {
    const { response, exchangeMs } = await withLimits(connection, request, limits, started);
    if (connection.isOpen()) keep(request, connection);
    const { status, headers, body } = response;
    return { status, headers, body, exchangeMs };
  };

  const sendTrusting = async (roots: Target["roots"], request: HttpRequest, limits: HttpLimits, started: number) => {
    const kept = take(request);
    if (kept !== undefined) {
      try {
        return await sendOver(kept.connection, request, limits, started);
      } catch (error) {
        // The server closed the idle connection, most likely before the request arrived.
        const isClosed = error instanceof HttpError && error.kind === "reset" && !kept.connection.hasResponded();
        const isSafe = request.method !== "POST" || started - kept.since >= MIN_CLOSED_IDLE_MS;
        if (!isClosed || !isSafe) throw error;
      }
    }
    return await sendOver(connect({ ...request, roots }), request, limits, started);
  };

  return {
    async request(request, limits): Promise<HttpResponse> {
      const started = performance.now();
      const roots = firstRoots(request);
      try {
        return await sendTrusting(roots, request, limits, started);
      } catch (error) {
        if (roots === undefined || !(error instanceof HttpError) || error.kind !== "certificate") throw error;
        return await sendTrusting(undefined, request, limits, started);
      }
    },
    async open(target, onOpened) {
      if ((idle.get(keyOf(target)) ?? []).some(({ connection }) => connection.isOpen())) return;
      const connection = connect({ ...target, roots: firstRoots(target) });
      keep(target, connection);
      connection.opened.then(onOpened, () => {});
      await firstPacket(connection);
    },
  };
}

/** Milliseconds in which most names are resolved. */
const NAME_RESOLUTION_MS = 3;

/**
 * Waits for the event loop. After the host's name is resolved, the first packet is sent from there, and the `ClientHello`
 * after the host has accepted. What the caller does next may block the loop for as long.
 */
async function firstPacket({ accepted }: Connection): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, NAME_RESOLUTION_MS);
  await Promise.race([accepted, promise]);
  clearTimeout(timer);
  // Bun sends the ClientHello after the callback that has settled `accepted`.
  await new Promise((settle) => setImmediate(settle));
}

/** A connection is shared only by requests that trust the same certificates. */
function keyOf({ url, ca = "" }: Target): string {
  return `${new URL(url).origin} ${ca}`;
}

async function withLimits(
  connection: Connection,
  request: HttpRequest,
  limits: HttpLimits,
  started: number,
): Promise<Exchange> {
  const parser = new ResponseParser(request.method, limits.maxBytes);
  const expired = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const startTimer = (kind: HttpErrorKind, limitMs: number, what: string) => {
    clearTimeout(timer);
    const ms = Math.max(0, Math.min(limitMs, limits.totalMs - (performance.now() - started)));
    timer = setTimeout(() => expired.reject(timeoutError(kind, what, ms)), ms);
  };
  let isDone = false;
  startTimer("connect-timeout", limits.connectMs, "connection timed out");
  connection.accepted.then(() => {
    if (!isDone) startTimer("response-timeout", limits.responseMs, "response timed out");
  });
  try {
    return await Promise.race([connection.send(requestBytes(request), parser), expired.promise]);
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    isDone = true;
    clearTimeout(timer);
  }
}
