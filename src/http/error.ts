/** Why a request got no answer. */
import { systemErrorCode } from "../text/system_error.ts";
export type HttpErrorKind =
  | "connect-timeout"
  | "response-timeout"
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
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly kind: HttpErrorKind;

  constructor(kind: HttpErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** @param what did not come; `ms` milliseconds have passed. */
export function timeoutError(kind: HttpErrorKind, what: string, ms: number): HttpError {
  return new HttpError(kind, `${what} after ${Math.round(ms / 100) / 10} s`);
}

const KINDS: Readonly<Record<string, readonly [kind: HttpErrorKind, message: string]>> = {
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

/** What an error of the runtime means. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = codeOf(error);
  const known = code === undefined ? undefined : KINDS[code];
  if (known !== undefined) return new HttpError(known[0], known[1], error);
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const aboutTls = code !== undefined && /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code);
  return new HttpError(aboutTls ? "tls" : "protocol", code === undefined ? message : `${code}: ${message}`, error);
}

/** Where several addresses were tried, the first one's failure speaks for all. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && !systemErrorCode(error)) return codeOf(error.errors[0]);
  return systemErrorCode(error);
}
