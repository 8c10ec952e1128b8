/** The EC2 instance metadata service, version 2, as far as SDKs ask it: `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
import { createHmac, randomBytes } from "node:crypto";
import { type HttpServerRequest, type HttpServerResponse, jsonError } from "../runtime/http_server.ts";
import { formatUtc } from "../text/timestamp.ts";
import { methodNotAllowed, notFound, rejectForeignRequest } from "./error_responses.ts";
import type { Served } from "./refresher.ts";
import { equalsToken } from "./token.ts";

export interface ImdsServerState {
  /** Signs the session tokens that are handed out, so that none has to be kept. */
  readonly token: string;
  readonly roleName: string;
  readonly region: string | undefined;
  now(): Date;
  served(): Served;
}

const TOKEN_PATH = "/latest/api/token";
const TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
/** Seconds: the longest life of a token. */
const LONGEST_TTL = 21_600;

/** The answer to one request. IMDSv1, without a token, is not served. */
export function handleImdsRequest(request: HttpServerRequest, needs: ImdsServerState): HttpServerResponse {
  const refusal = rejectForeignRequest(request);
  if (refusal !== undefined) return refusal;
  if (request.path === TOKEN_PATH) {
    return request.method === "PUT" ? tokenAnswer(request, needs) : methodNotAllowed("PUT");
  }
  if (request.method !== "GET") return methodNotAllowed("GET");
  if (!isToken(request.headers["x-aws-ec2-metadata-token"], needs)) {
    return { status: 401, body: jsonError("Unauthorized", "IMDSv2 wants a token of PUT /latest/api/token") };
  }
  return document(request.path, needs);
}

function tokenAnswer({ headers }: HttpServerRequest, needs: ImdsServerState): HttpServerResponse {
  const ttl = headers[TTL_HEADER] ?? "";
  if (!/^\d{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > LONGEST_TTL) {
    return { status: 400, body: jsonError("BadRequest", `${TTL_HEADER} is a number from 1 to ${LONGEST_TTL}`) };
  }
  const content = `${needs.now().getTime() + Number(ttl) * 1000}.${randomBytes(16).toString("base64url")}`;
  return text(`${content}.${sign(content, needs.token)}`, { [TTL_HEADER]: ttl });
}

/** Whether we have made the token, and it still lives. */
function isToken(token: string | undefined, needs: ImdsServerState): boolean {
  const [end = "", nonce = "", signature] = (token ?? "").split(".");
  return equalsToken(signature, sign(`${end}.${nonce}`, needs.token)) && Number(end) > needs.now().getTime();
}

function sign(content: string, key: string): string {
  return createHmac("sha256", key).update(content).digest("base64url");
}

function document(path: string, needs: ImdsServerState): HttpServerResponse {
  const { region, roleName } = needs;
  switch (path) {
    case "/latest/meta-data/iam/security-credentials":
    case "/latest/meta-data/iam/security-credentials/":
      return text(roleName);
    case `/latest/meta-data/iam/security-credentials/${encodeURIComponent(roleName)}`:
      return credentialsAnswer(needs);
    case "/latest/meta-data/placement/region":
      return region === undefined ? notFound() : text(region);
    case "/latest/meta-data/placement/availability-zone":
      // Some SDKs know the region only as the zone's name less its last letter.
      return region === undefined ? notFound() : text(`${region}a`);
    case "/latest/dynamic/instance-identity/document":
      return region === undefined ? notFound() : { status: 200, body: JSON.stringify({ region }) };
    default:
      return notFound();
  }
}

function credentialsAnswer(needs: ImdsServerState): HttpServerResponse {
  const served = needs.served();
  if ("code" in served) return { status: 503, body: JSON.stringify({ Code: served.code, Message: served.message }) };
  const { accessKeyId, secretAccessKey, sessionToken } = served.credentials;
  return {
    status: 200,
    body: JSON.stringify({
      Code: "Success",
      LastUpdated: formatUtc(needs.now()),
      Type: "AWS-HMAC",
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken ?? "",
      Expiration: formatUtc(served.expiration),
    }),
  };
}

function text(body: string, headers: Readonly<Record<string, string>> = {}): HttpServerResponse {
  return { status: 200, headers: { "content-type": "text/plain", ...headers }, body };
}
