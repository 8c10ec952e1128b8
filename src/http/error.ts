/** The errors of requests that have no complete response. */
import { CHECK_INTERCEPTION, CHECK_NETWORK, TRUST_CERTIFICATE } from "../domain/help_texts.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";

export type HttpErrorKind =
  | "connect-timeout"
  | "response-timeout"
  | "refused"
  | "unreachable"
  | "forbidden"
  | "dns"
  | "certificate"
  | "certificate-host"
  | "tls"
  | "proxy"
  | "reset"
  | "too-large"
  | "protocol";

/** A request without a response, or with a response that could not be read completely. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly kind: HttpErrorKind;

  constructor(kind: HttpErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Whether another attempt can succeed. A certificate that is not trusted now will not be trusted in a second. */
export function isTransient({ kind }: HttpError): boolean {
  return kind !== "certificate" && kind !== "certificate-host" && kind !== "too-large";
}

/** A help line: what to check for a request without a response. */
export function networkHelp({ kind }: HttpError): string {
  if (kind === "certificate-host") return CHECK_INTERCEPTION;
  return kind === "certificate" ? TRUST_CERTIFICATE : CHECK_NETWORK;
}

/**
 * @param what the message without the time, such as `connection timed out`.
 * @param ms milliseconds.
 */
export function timeoutError(kind: HttpErrorKind, what: string, ms: number): HttpError {
  return new HttpError(kind, `${what} after ${Math.round(ms / 100) / 10} s`);
}

const KINDS: Readonly<Record<string, HttpErrorKind>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ETIMEDOUT: "connect-timeout",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
};

const MESSAGES: Readonly<Record<string, string>> = {
  // node:http reports every closed connection as ECONNRESET, even if it was not reset.
  ECONNRESET: "the connection was closed without a response",
  EPIPE: "the connection was closed without a response",
  // Errors of getaddrinfo, with the messages of glibc's `gai_strerror`.
  ENOTFOUND: "Name or service not known",
  EAI_AGAIN: "Temporary failure in name resolution",
};

/** Converts an error of the runtime. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const first = firstError(error);
  const code = tlsErrorCode(first) ?? systemErrorCode(first) ?? "";
  const kind = KINDS[code];
  if (kind !== undefined) return new HttpError(kind, MESSAGES[code] ?? systemErrorMessage(first), error);
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  return new HttpError(tlsErrorKind(code), code === "" ? message : `${code}: ${message}`, error);
}

function tlsErrorKind(code: string): HttpErrorKind {
  if (/ALTNAME|HOSTNAME_MISMATCH/.test(code)) return "certificate-host";
  if (CERTIFICATE_CODE.test(code)) return "certificate";
  return /TLS|SSL/.test(code) ? "tls" : "protocol";
}

/** The code of a failed handshake, as Node.js writes it. Bun's sockets have it in the message alone. */
function tlsErrorCode(error: unknown): string | undefined {
  const reason = error instanceof Error && /^error:[0-9a-f]+:SSL routines:\w*:(\w+)/i.exec(error.message)?.[1];
  return reason ? `ERR_SSL_${reason}` : undefined;
}

/** The codes are those of OpenSSL's X509_verify_cert_error_string(3). */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_|CRL_|CHAIN|INVALID_(?:CA|PURPOSE)/;

/** If a host has several addresses and all fail, only the first error is used. */
function firstError(error: unknown): unknown {
  return error instanceof AggregateError && systemErrorCode(error) === undefined ? firstError(error.errors[0]) : error;
}
