/** Requests that no SDK of this machine sends. */
import { type HttpServerRequest, type HttpServerResponse, jsonError } from "../runtime/http_server.ts";

/**
 * The refusal of a request that does not come from a program of this machine that means us: one for another host
 * (a name that somebody let point to loopback), from a browser, or forwarded by a proxy.
 *
 * @returns undefined for a request that may go on.
 */
export function rejectForeignRequest({ headers, boundHost }: HttpServerRequest): HttpServerResponse | undefined {
  if (headers.host !== boundHost) return forbidden("this is not the host that the server is bound to");
  const names = Object.keys(headers);
  if (names.some((name) => name === "origin" || name === "referer" || name.startsWith("sec-fetch-"))) {
    return forbidden("browsers are not served");
  }
  // As the EC2 metadata: an open proxy on this machine would hand the credentials to the world.
  if (names.some((name) => name === "forwarded" || name === "via" || name.startsWith("x-forwarded-"))) {
    return forbidden("forwarded requests are not served");
  }
  return undefined;
}

function forbidden(message: string): HttpServerResponse {
  return { status: 403, body: jsonError("Forbidden", message) };
}

export function notFound(): HttpServerResponse {
  return { status: 404, body: jsonError("NotFound", "there is nothing here") };
}

export function methodNotAllowed(allowed: string): HttpServerResponse {
  return { status: 405, headers: { allow: allowed }, body: jsonError("MethodNotAllowed", `only ${allowed} is served`) };
}
