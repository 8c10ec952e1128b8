/** The container credentials endpoint of ECS, as SDKs ask it: `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
import { type HttpServerRequest, type HttpServerResponse, jsonError } from "../runtime/http_server.ts";
import { formatUtc } from "../text/timestamp.ts";
import { methodNotAllowed, notFound, rejectForeignRequest } from "./error_responses.ts";
import type { Served } from "./refresher.ts";
import { equalsToken } from "./token.ts";

export const ECS_PATH = "/credentials";

export interface EcsServerState {
  /** What the `Authorization` header has to be. */
  readonly token: string;
  served(): Served;
}

/** The answer to one request. Never credentials that are not there: an error has a status that says so. */
export function handleEcsRequest(request: HttpServerRequest, { token, served }: EcsServerState): HttpServerResponse {
  const refusal = rejectForeignRequest(request);
  if (refusal !== undefined) return refusal;
  if (request.path !== ECS_PATH) return notFound();
  if (request.method !== "GET") return methodNotAllowed("GET");
  if (!equalsToken(request.headers.authorization, token)) {
    return {
      status: 401,
      body: jsonError("Unauthorized", "the Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN"),
    };
  }
  const now = served();
  if ("code" in now) return { status: 503, body: jsonError(now.code, now.message) };
  const { accessKeyId, secretAccessKey, sessionToken, accountId } = now.credentials;
  return {
    status: 200,
    body: JSON.stringify({
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      // SDKs want it there, also where a user's own keys have none.
      Token: sessionToken ?? "",
      Expiration: formatUtc(now.expiration),
      ...(accountId === undefined ? {} : { AccountId: accountId }),
    }),
  };
}
