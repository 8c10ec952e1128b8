/** The ECS container credentials endpoint, as SDKs call it: `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
import { type HttpServerRequest, type HttpServerResponse, jsonError, refuse } from "../runtime/http_server.ts";
import { formatUtc } from "../text/timestamp.ts";
import { methodNotAllowed, notFound, rejectForeignRequest } from "./error_responses.ts";
import { HEALTH_PATH, healthResponse } from "./health.ts";
import type { Served } from "./refresher.ts";
import { equalsToken } from "./token.ts";

export const ECS_PATH = "/credentials";

export interface EcsServerState {
  /** The required value of the `Authorization` header. */
  readonly token: string;
  served(): Served;
}

/** Responds to a request. Without credentials the status is 503, with an error that says why. */
export function handleEcsRequest(request: HttpServerRequest, { token, served }: EcsServerState): HttpServerResponse {
  const rejection = rejectForeignRequest(request);
  if (rejection !== undefined) return rejection;
  if (request.path === HEALTH_PATH) return healthResponse(request, served());
  if (request.path !== ECS_PATH) return notFound();
  if (request.method !== "GET") return methodNotAllowed("GET");
  if (!equalsToken(request.headers.authorization, token)) {
    return refuse(401, "Unauthorized", "the Authorization header does not match AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }
  const current = served();
  if ("code" in current) return { status: 503, body: jsonError(current.code, current.message) };
  const { accessKeyId, secretAccessKey, sessionToken, accountId } = current.credentials;
  return {
    status: 200,
    body: JSON.stringify({
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      // SDKs require the key, even for a user's own keys, which have no token.
      Token: sessionToken ?? "",
      Expiration: formatUtc(current.expiration),
      ...(accountId === undefined ? {} : { AccountId: accountId }),
    }),
  };
}
