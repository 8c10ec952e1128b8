/** One bounded HTTP request: it ends in time, reads no more than it should, and follows no redirect. */
import http, { type Agent, type IncomingMessage } from "node:http";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** A way through a proxy. Without one the request goes straight to its host, whatever the environment says. */
  readonly agent?: Agent | undefined;
  /** PEM certificates to trust in place of the built-in ones. */
  readonly ca?: string | undefined;
}

/** All in milliseconds, but for the last. */
export interface HttpLimits {
  /** Until the host has taken the connection. */
  readonly connectMs: number;
  /** From then on until the answer is complete, however slowly its bytes come. */
  readonly answerMs: number;
  /** For both together. */
  readonly totalMs: number;
  /** The answer's body, in bytes. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds from the connection (with TLS: the secure one) until the head of the answer: about a round trip. */
  readonly exchangeMs: number;
}

export type HttpFailureKind =
  | "connect-timeout"
  | "answer-timeout"
  | "refused"
  | "unreachable"
  | "forbidden"
  | "dns"
  | "tls"
  | "proxy"
  | "reset"
  | "too-large"
  | "protocol";

/** The request got no answer, or none that could be read whole. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly kind: HttpFailureKind;

  constructor(kind: HttpFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/**
 * Sends a request.
 *
 * @throws HttpFailure
 */
export async function httpRequest(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
  // TLS is loaded only for those who need it: metadata is plain http.
  const secure = request.url.startsWith("https:");
  const client = secure ? (await import("node:https")).default : http;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const fail = (failure: HttpFailure) => {
      end(() => reject(failure));
      sent?.destroy();
    };
    const waitFor = (kind: HttpFailureKind, ms: number, what: string) => {
      clearTimeout(timer);
      const left = Math.max(0, Math.min(ms, limits.totalMs - (performance.now() - started)));
      timer = setTimeout(() => fail(new HttpFailure(kind, `${what} after ${seconds(left)}`)), left);
    };
    let sent: http.ClientRequest | undefined;
    try {
      sent = client.request(request.url, {
        method: request.method,
        headers: headersOf(request),
        // A connection of its own: one that is kept open may be closed by the other side just as it is used again.
        agent: request.agent ?? false,
        ...(secure && request.ca !== undefined ? { ca: request.ca } : {}),
      });
    } catch (error) {
      reject(failureOf(error));
      return;
    }
    waitFor("connect-timeout", limits.connectMs, "no connection");
    let ready = started;
    sent.on("socket", (socket) => {
      const connected = () => {
        ready = performance.now();
        waitFor("answer-timeout", limits.answerMs, "no complete answer");
      };
      if (socket.connecting) socket.once("connect", connected);
      else connected();
      socket.once("secureConnect", () => {
        ready = performance.now();
      });
    });
    // Else the proxy's refusal to make a tunnel would pass for the host's own answer.
    sent.on("proxyConnect", ({ statusCode }: { readonly statusCode: number }) => {
      if (secure && statusCode !== 200)
        fail(new HttpFailure("proxy", `the proxy refuses the connection: HTTP ${statusCode}`));
    });
    sent.on("error", (error) => end(() => reject(failureOf(error))));
    sent.on("response", (response) => {
      const exchangeMs = performance.now() - ready;
      const { statusCode: status = 0 } = response;
      readBody(response, limits.maxBytes).then(
        (body) => end(() => resolve({ status, headers: flat(response.headers), body, exchangeMs })),
        (error: unknown) => fail(failureOf(error)),
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
    if (size > maxBytes) throw new HttpFailure("too-large", `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new HttpFailure("reset", "the connection broke off in the middle of the answer");
  return Buffer.concat(chunks);
}

function flat(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

const KINDS: Readonly<Record<string, readonly [kind: HttpFailureKind, message: string]>> = {
  ECONNREFUSED: ["refused", "connection refused"],
  ECONNRESET: ["reset", "the connection was closed without an answer"],
  EPIPE: ["reset", "the connection was closed without an answer"],
  ENETUNREACH: ["unreachable", "no way to that network"],
  EHOSTUNREACH: ["unreachable", "no way to that host"],
  EADDRNOTAVAIL: ["unreachable", "no address to call from"],
  EACCES: ["forbidden", "the system forbids it (a firewall?)"],
  EPERM: ["forbidden", "the system forbids it (a firewall?)"],
  ETIMEDOUT: ["connect-timeout", "no connection: the system gave up"],
  ENOTFOUND: ["dns", "its name is not known"],
  EAI_AGAIN: ["dns", "no answer from the name server"],
};

function failureOf(error: unknown): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  const known = code === undefined ? undefined : KINDS[code];
  if (known !== undefined) return new HttpFailure(known[0], known[1], error);
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const aboutTls = code !== undefined && /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code);
  return new HttpFailure(aboutTls ? "tls" : "protocol", code === undefined ? message : `${code}: ${message}`, error);
}

/** Where several addresses were tried, the first one's failure speaks for all. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && !("code" in error && error.code)) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
