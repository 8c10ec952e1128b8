/** One HTTP request, with limits on its duration and on the size of the response. Does not follow redirects. */
import http, { type IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { HttpClient, HttpLimits, HttpRequest, HttpResponse } from "../domain/http.ts";
import { HttpError, type HttpErrorKind, timeoutError, toHttpError } from "./error.ts";
import type { Trust } from "./trust.ts";

/** The client for Deno and Node, and for proxies. It opens a connection for each request. */
export const portableHttpClient: HttpClient = { request: httpRequest, open: async () => {} };

/**
 * Sends a request.
 *
 * @throws HttpError
 */
async function httpRequest(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse> {
  // node:https is loaded only if it is needed: metadata requests use http.
  if (!request.url.startsWith("https:")) {
    if (request.proxy === undefined) return await send(http, request, {}, limits);
    const route = await routeThroughProxy(request.proxy, request.url);
    if (request.proxy.protocol !== "https:") return await send(http, request, route, limits);
    const tls = (await import("./trust.ts")).trust(request.ca);
    return await send((await import("node:https")).default, request, { ...route, tls }, limits);
  }
  const https = (await import("node:https")).default;
  const tls = (await import("./trust.ts")).trust(request.ca);
  if (request.proxy === undefined) return await send(https, request, { tls }, limits);
  const { openTunnel } = await import("./tunnel.ts");
  const { proxy, ca } = request;
  const started = performance.now();
  const ms = Math.min(limits.connectMs, limits.totalMs);
  const tunnel = await openTunnel({ proxy, target: new URL(request.url), ca, ms });
  const remaining = { ...limits, totalMs: limits.totalMs - (performance.now() - started) };
  return await send(https, request, { tunnel }, remaining);
}

/** How a request reaches its host through a proxy; empty for a direct connection. */
interface Route {
  /** For a TLS connection that is opened for the request. */
  readonly tls?: Trust;
  /** For https: the TLS connection through the proxy's tunnel. */
  readonly tunnel?: TLSSocket;
  /** For http: the proxy's address and the request target. */
  readonly options?: http.RequestOptions;
  /** For http: the headers for the proxy. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The request target of an http request to a proxy is the absolute URL (RFC 9112, section 3.2.2). */
async function routeThroughProxy(proxy: URL, url: string): Promise<Route> {
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
  route: Route,
  limits: HttpLimits,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const fail = (error: HttpError) => {
      end(() => reject(error));
      sent?.destroy();
    };
    const startTimer = (kind: HttpErrorKind, limitMs: number, what: string) => {
      clearTimeout(timer);
      const ms = Math.max(0, Math.min(limitMs, limits.totalMs - (performance.now() - started)));
      timer = setTimeout(() => fail(timeoutError(kind, what, ms)), ms);
    };
    const { tunnel } = route;
    let sent: http.ClientRequest | undefined;
    try {
      sent = client.request(request.url, {
        method: request.method,
        headers: { ...route.headers, ...headersOf(request) },
        ...route.options,
        // No keep-alive: the server could close an idle connection at the moment of its reuse.
        ...(tunnel === undefined ? { agent: false } : { createConnection: () => tunnel, defaultPort: 443 }),
        ...route.tls,
      });
    } catch (error) {
      reject(toHttpError(error));
      return;
    }
    startTimer("connect-timeout", limits.connectMs, "connection timed out");
    let ready = started;
    sent.on("socket", (socket) => {
      const connected = () => {
        ready = performance.now();
        startTimer("response-timeout", limits.responseMs, "response timed out");
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
        (body) => end(() => resolve({ status, headers: joinValues(response.headers), body, exchangeMs })),
        (error: unknown) => fail(toHttpError(error)),
      );
    });
    sent.end(request.body);
  });
}

/** Without a content-length the body would be chunked, which not every metadata service supports. */
function headersOf({ headers = {}, body, method }: HttpRequest): Record<string, string> {
  if (body !== undefined) return { ...headers, "content-length": String(Buffer.byteLength(body)) };
  return method === "PUT" ? { ...headers, "content-length": "0" } : { ...headers };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpError("too-large", `the response is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new HttpError("reset", "the connection was closed in the middle of the response");
  return Buffer.concat(chunks);
}

function joinValues(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
