/** Signature Version 4 on the server: reads the signer of a request and verifies the signature. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

export interface ReceivedRequest {
  readonly method: string;
  /** The path and query as received. */
  readonly target: string;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** Reads the `Authorization` header. @returns undefined if it is not one of Signature Version 4. */
export function readScope(request: ReceivedRequest): Scope | undefined {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,/.exec(
    request.headers.authorization ?? "",
  );
  if (match === null) return undefined;
  const [, accessKeyId = "", date = "", region = "", service = ""] = match;
  return { accessKeyId, date, region, service };
}

/** Whether the signature of the received request was made with this secret access key. */
export function isSignedWith(secret: string, scope: Scope, request: ReceivedRequest): boolean {
  const header = request.headers.authorization ?? "";
  const signedHeaders = /SignedHeaders=([^,\s]+)/.exec(header)?.[1]?.split(";") ?? [];
  const signature = /Signature=([0-9a-f]{64})$/.exec(header)?.[1] ?? "";
  // A signature without these headers could be replayed to another host or at another time.
  if (!signedHeaders.includes("host") || !signedHeaders.includes("x-amz-date")) return false;
  const { date, region, service } = scope;
  const toSign = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"] ?? "",
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, signedHeaders)),
  ].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<Buffer>(
    (derived, part) => hmac(derived, part),
    Buffer.from(`AWS4${secret}`),
  );
  const expected = hmac(key, toSign).toString("hex");
  return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

function canonicalRequest(request: ReceivedRequest, signedHeaders: readonly string[]): string {
  const [path = "/", query = ""] = request.target.split("?", 2);
  return [
    request.method,
    path,
    query.split("&").filter(Boolean).sort().join("&"),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
