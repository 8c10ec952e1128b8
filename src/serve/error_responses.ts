/** Error responses that both services share. */
import { type HttpServerRequest, type HttpServerResponse, refuse } from "../runtime/http_server.ts";

/**
 * Rejects a request that no SDK on this machine sends: one for another host (DNS rebinding: a name that an attacker
 * resolves to loopback), one from a browser, and one that a proxy forwarded.
 *
 * @returns the error response, or undefined if the request is acceptable.
 */
export function rejectForeignRequest({ headers, port }: HttpServerRequest): HttpServerResponse | undefined {
  if (!isLoopbackHost(headers.host ?? "", port)) return forbidden("the Host header is not the address of this server");
  const names = Object.keys(headers);
  if (names.some((name) => name === "origin" || name === "referer" || name.startsWith("sec-fetch-"))) {
    return forbidden("requests from browsers are not served");
  }
  // As the EC2 instance metadata service does: an open proxy on this machine would expose the credentials.
  if (names.some((name) => name === "forwarded" || name === "via" || name.startsWith("x-forwarded-"))) {
    return forbidden("forwarded requests are not served");
  }
  return undefined;
}

/**
 * Whether a `Host` header is a loopback address or `localhost`, with the port of the server or without one: the AWS
 * Common Runtime leaves the port out. Neither can be resolved to loopback by an attacker, as another name can.
 *
 * @param port undefined for a Unix socket, which has none.
 */
export function isLoopbackHost(host: string, port: number | undefined): boolean {
  const match = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?<port>:\d+)?$/i.exec(host);
  return match !== null && (match.groups?.port === undefined || match.groups.port === `:${port}`);
}

function forbidden(message: string): HttpServerResponse {
  return refuse(403, "Forbidden", message);
}

export function notFound(): HttpServerResponse {
  return refuse(404, "NotFound", "no such path");
}

export function methodNotAllowed(allowed: string): HttpServerResponse {
  return { ...refuse(405, "MethodNotAllowed", `use ${allowed}`), headers: { allow: allowed } };
}
