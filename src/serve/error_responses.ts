/** Error responses that both services share. */
import { type HttpServerRequest, type HttpServerResponse, jsonError } from "../runtime/http_server.ts";

/**
 * Rejects a request that no SDK on this machine sends: one for another host (DNS rebinding: a name that an attacker
 * resolves to loopback), one from a browser, and one that a proxy forwarded.
 *
 * @returns the error response, or undefined if the request is acceptable.
 */
export function rejectForeignRequest({ headers, boundHost }: HttpServerRequest): HttpServerResponse | undefined {
  if (headers.host !== boundHost) return forbidden("the Host header is not the address of this server");
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

function forbidden(message: string): HttpServerResponse {
  return { status: 403, body: jsonError("Forbidden", message) };
}

export function notFound(): HttpServerResponse {
  return { status: 404, body: jsonError("NotFound", "no such path") };
}

export function methodNotAllowed(allowed: string): HttpServerResponse {
  return { status: 405, headers: { allow: allowed }, body: jsonError("MethodNotAllowed", `use ${allowed}`) };
}
