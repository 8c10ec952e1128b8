/** One bounded HTTP request: it ends in time, reads no more than it should, and follows no redirect. */
import http, { type IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { HttpError, type HttpErrorKind, timeoutError, toHttpError } from "./error.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Without one the request goes straight to its host, whatever the environment says. */
  readonly proxy?: URL | undefined;
  /** PEM certificates to trust in place of the built-in ones. */
  readonly ca?: string | undefined;
}

/** All in milliseconds, but for the last. */
export interface HttpLimits {
  /** Until the host has taken the connection. */
  readonly connectMs: number;
  /** From then on until the answer is complete, however slowly its bytes come. */
  readonly responseMs: number;
  /** For both together. */
  readonly totalMs: number;
  /** The answer's body, in bytes. */
  readonly maxBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds from the connection (with TLS: the secure one) until the head of the answer: about a round trip. */
  readonly exchangeMs: number;
}

/**
 * Sends a request.
 *
 * @throws HttpError
 */
export async function httpRequest(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse> {
  // TLS is loaded only for those who need it: metadata is plain http.
  if (!request.url.startsWith("https:")) {
    if (request.proxy === undefined) return await send(http, request, {}, limits);
    const client = request.proxy.protocol === "https:" ? (await import("node:https")).default : http;
    return await send(client, request, await wayThroughProxy(request.proxy, request.url), limits);
  }
  const https = (await import("node:https")).default;
  if (request.proxy === undefined) return await send(https, request, {}, limits);
  const { openTunnel } = await import("./tunnel.ts");
  const { proxy, ca } = request;
  const started = performance.now();
  const ms = Math.min(limits.connectMs, limits.totalMs);
  const tunnel = await openTunnel({ proxy, target: new URL(request.url), ca, ms });
  const left = { ...limits, totalMs: limits.totalMs - (performance.now() - started) };
  return await send(https, request, { tunnel }, left);
}

/** How a request gets to its host, where it does not go straight there. */
interface Way {
  /** A connection that is there already. */
  readonly tunnel?: TLSSocket;
  /** The proxy's address, and what it is told. */
  readonly options?: http.RequestOptions;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A proxy is asked for plain http by the whole URL. */
async function wayThroughProxy(proxy: URL, url: string): Promise<Way> {
  const { hostAndPort, proxyAuthorization } = await import("./tunnel.ts");
  const { host, origin, pathname, search } = new URL(url);
  return {
    options: { ...hostAndPort(proxy), path: `${origin}${pathname}${search}` },
    headers: { host, ...proxyAuthorization(proxy) },
  };
}

function send(
  client: Pick<typeof http, "request">,
  request: HttpRequest,
  way: Way,
  limits: HttpLimits,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const fail = (failure: HttpError) => {
      end(() => reject(failure));
      sent?.destroy();
    };
    const waitFor = (kind: HttpErrorKind, ms: number, what: string) => {
      clearTimeout(timer);
      const left = Math.max(0, Math.min(ms, limits.totalMs - (performance.now() - started)));
      timer = setTimeout(() => fail(timeoutError(kind, what, left)), left);
    };
    const { tunnel } = way;
    let sent: http.ClientRequest | undefined;
    try {
      sent = client.request(request.url, {
        method: request.method,
        headers: { ...way.headers, ...headersOf(request) },
        ...way.options,
        // A connection of its own: one that is kept open may be closed by the other side just as it is used again.
        ...(tunnel === undefined ? { agent: false } : { createConnection: () => tunnel, defaultPort: 443 }),
        ...(request.ca === undefined ? {} : { ca: request.ca }),
      });
    } catch (error) {
      reject(toHttpError(error));
      return;
    }
    waitFor("connect-timeout", limits.connectMs, "no connection");
    let ready = started;
    sent.on("socket", (socket) => {
      const connected = () => {
        ready = performance.now();
        waitFor("response-timeout", limits.responseMs, "no complete answer");
      };
      if (socket.connecting) socket.once("connect", connected);
      else connected();
      socket.once("secureConnect", () => {
        ready = performance.now();
      });
    });
    sent.on("error", (error) => end(() => reject(toHttpError(error))));
    sent.on("response", (response) => {
      const exchangeMs = performance.now() - ready;
      const { statusCode: status = 0 } = response;
      readBody(response, limits.maxBytes).then(
        (body) => end(() => resolve({ status, headers: flat(response.headers), body, exchangeMs })),
        (error: unknown) => fail(toHttpError(error)),
      );
    });
    sent.end(request.body);
  });
}

/** A body without a length would be sent in chunks, which not every server of metadata understands. */
function headersOf({ headers = {}, body, method }: HttpRequest): Record<string, string> {
  if (body !== undefined) return { ...headers, "content-length": String(Buffer.byteLength(body)) };
  return method === "PUT" ? { ...headers, "content-length": "0" } : { ...headers };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpError("too-large", `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new HttpError("reset", "the connection broke off in the middle of the answer");
  return Buffer.concat(chunks);
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
