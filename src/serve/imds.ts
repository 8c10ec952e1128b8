/** The part of the EC2 instance metadata service, version 2, that SDKs use: `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
import { createHmac, randomBytes } from "node:crypto";
import { type HttpServerRequest, type HttpServerResponse, refuse } from "../runtime/http_server.ts";
import { formatUtc } from "../text/timestamp.ts";
import { methodNotAllowed, notFound, rejectForeignRequest } from "./error_responses.ts";
import { HEALTH_PATH, healthResponse } from "./health.ts";
import type { NotServed, Served } from "./refresher.ts";
import { equalsToken } from "./token.ts";

export interface ImdsServerState {
  /** The key that signs session tokens, so that the server need not remember them. */
  readonly token: string;
  readonly roleName: string;
  readonly region: string | undefined;
  now(): Date;
  served(): Served;
}

const TOKEN_PATH = "/latest/api/token";
const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
/** Six hours, as in the real service. */
const MAX_TTL_SECONDS = 21_600;

/** Responds to a request. IMDSv1, which has no token, is not served. */
export function handleImdsRequest(request: HttpServerRequest, state: ImdsServerState): HttpServerResponse {
  const rejection = rejectForeignRequest(request);
  if (rejection !== undefined) return rejection;
  if (request.path === HEALTH_PATH) return healthResponse(request, state.served());
  if (request.path === TOKEN_PATH) {
    return request.method === "PUT" ? tokenResponse(request, state) : methodNotAllowed("PUT");
  }
  if (request.method !== "GET") return methodNotAllowed("GET");
  if (!isValidToken(request.headers["x-aws-ec2-metadata-token"], state)) {
    return refuse(401, "Unauthorized", `IMDSv2 needs a token from PUT ${TOKEN_PATH}`);
  }
  return metadataResponse(request.path, state);
}

function tokenResponse({ headers }: HttpServerRequest, state: ImdsServerState): HttpServerResponse {
  const ttl = headers[TTL_HEADER] ?? "";
  if (!/^\d{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > MAX_TTL_SECONDS) {
    return refuse(400, "BadRequest", `${TTL_HEADER} must be a number from 1 to ${MAX_TTL_SECONDS}`);
  }
  const content = `${state.now().getTime() + Number(ttl) * 1000}.${randomBytes(8).toString("base64url")}`;
  return textResponse(`${content}.${sign(content, state.token)}`, { [TTL_HEADER]: ttl });
}

/** Whether this server has issued the token, and it has not expired. */
function isValidToken(token: string | undefined, state: ImdsServerState): boolean {
  const [expiresMs = "", nonce = "", signature] = (token ?? "").split(".");
  const isOurs = equalsToken(signature, sign(`${expiresMs}.${nonce}`, state.token));
  return isOurs && Number(expiresMs) > state.now().getTime();
}

/**
 * The AWS Common Runtime takes tokens of at most 64 characters; those of the real service have 56. So the signature is
 * shortened to 192 bits: a token has 13 + 1 + 11 + 1 + 32 = 58 characters.
 */
function sign(content: string, key: string): string {
  return createHmac("sha256", key).update(content).digest().subarray(0, 24).toString("base64url");
}

function metadataResponse(path: string, state: ImdsServerState): HttpServerResponse {
  const { region, roleName } = state;
  switch (path) {
    case "/latest/meta-data/iam/security-credentials":
    case "/latest/meta-data/iam/security-credentials/":
      return textResponse(roleName);
    case `/latest/meta-data/iam/security-credentials/${encodeURIComponent(roleName)}`:
      return credentialsResponse(state);
    case "/latest/meta-data/iam/info":
    case "/latest/meta-data/iam/info/":
      return infoResponse(state);
    case "/latest/meta-data/placement/region":
      return region === undefined ? notFound() : textResponse(region);
    case "/latest/meta-data/placement/availability-zone":
      // Some SDKs derive the region from the zone, by removing its last letter.
      return region === undefined ? notFound() : textResponse(`${region}a`);
    case "/latest/dynamic/instance-identity/document":
      return region === undefined ? notFound() : { status: 200, body: JSON.stringify({ region }) };
    default:
      return notFound();
  }
}

/** The SDK for .NET requests this to see whether there are credentials. There is no instance profile, and so no ARN. */
function infoResponse(state: ImdsServerState): HttpServerResponse {
  const current = state.served();
  if ("code" in current) return noCredentials(current);
  return { status: 200, body: JSON.stringify({ Code: "Success", LastUpdated: formatUtc(state.now()) }) };
}

function noCredentials({ code, message }: NotServed): HttpServerResponse {
  return { status: 503, body: JSON.stringify({ Code: code, Message: message }) };
}

function credentialsResponse(state: ImdsServerState): HttpServerResponse {
  const current = state.served();
  if ("code" in current) return noCredentials(current);
  const { accessKeyId, secretAccessKey, sessionToken } = current.credentials;
  return {
    status: 200,
    body: JSON.stringify({
      Code: "Success",
      LastUpdated: formatUtc(state.now()),
      Type: "AWS-HMAC",
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken ?? "",
      Expiration: formatUtc(current.expiration),
    }),
  };
}

function textResponse(body: string, headers: Readonly<Record<string, string>> = {}): HttpServerResponse {
  return { status: 200, headers: { "content-type": "text/plain", ...headers }, body };
}
