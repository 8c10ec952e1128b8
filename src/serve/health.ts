/**
 * The health check of the servers, for service managers, containers and people. The response contains no secret, and the
 * request needs no token.
 */
import { type HttpServerRequest, type HttpServerResponse, jsonError } from "../runtime/http_server.ts";
import { formatUtc } from "../text/timestamp.ts";
import { methodNotAllowed } from "./error_responses.ts";
import type { Served } from "./refresher.ts";

export const HEALTH_PATH = "/health";

/** 200 with the time at which the credentials expire, null for keys that do not; 503 with the reason if there are none. */
export function healthResponse({ method }: HttpServerRequest, served: Served): HttpServerResponse {
  // Some health checks, such as `wget --spider`, send HEAD.
  if (method !== "GET" && method !== "HEAD") return methodNotAllowed("GET");
  if ("code" in served) return { status: 503, body: jsonError(served.code, served.message) };
  const { expiration } = served.credentials;
  return {
    status: 200,
    body: JSON.stringify({ expiration: expiration === undefined ? null : formatUtc(expiration) }),
  };
}
