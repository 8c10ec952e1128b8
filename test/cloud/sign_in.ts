/** Simulates IAM Identity Center (portal and OIDC), the sign-in service of `aws login`, and that of the console. */
import { createPublicKey, verify } from "node:crypto";
import { type ConsoleSession, makeFederation } from "./federation.ts";
import { type Iam, startServiceSession } from "./iam.ts";
import { type LoopbackServer, type Reaction, serve } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface SimulatedSignIn extends LoopbackServer {
  readonly requests: readonly ReceivedRequest[];
  /** The valid access tokens of the portal. */
  readonly tokens: Set<string>;
  /** The valid refresh tokens of both services. Each can be used once. */
  readonly refreshTokens: Set<string>;
  /** The console sessions that a sign-in URL has opened. */
  readonly consoleSessions: readonly ConsoleSession[];
  /** Replaces the responses to the next requests. */
  readonly next: Reaction[];
}

export async function startSignIn(iam: Iam): Promise<SimulatedSignIn> {
  const requests: ReceivedRequest[] = [];
  const next: Reaction[] = [];
  const consoleSessions: ConsoleSession[] = [];
  const federation = makeFederation(iam, consoleSessions);
  const tokens = new Set(["good-token"]);
  const refreshTokens = new Set(["good-refresh-token"]);
  const handle = (request: ReceivedRequest): Reaction => {
    requests.push(request);
    const reaction = next.shift();
    if (reaction !== undefined) return reaction;
    const { pathname, searchParams } = new URL(request.target, "http://localhost");
    if (pathname === "/federation") return federation.handle(request);
    switch (`${request.method} ${pathname}`) {
      case "GET /federation/credentials": {
        if (!tokens.has(request.headers["x-amz-sso_bearer_token"] ?? "")) {
          return json(401, { message: "Session token not found or invalid" });
        }
        if (searchParams.get("role_name") === "Forbidden") return json(403, { message: "No access" });
        return json(200, { roleCredentials: { ...session("sso-role"), expiration: Date.now() + 3_600_000 } });
      }
      case "POST /token": {
        const { grantType, clientId, clientSecret, refreshToken } = JSON.parse(request.body);
        if (grantType !== "refresh_token" || !clientId || !clientSecret || !refreshTokens.delete(refreshToken)) {
          return json(400, { error: "invalid_grant" });
        }
        tokens.add("refreshed-token");
        return json(200, { accessToken: "refreshed-token", expiresIn: 28_800, tokenType: "Bearer" });
      }
      case "POST /v1/token": {
        const { grantType, clientId, refreshToken } = JSON.parse(request.body);
        if (!hasProof(request)) return json(400, { error: "INVALID_PROOF" });
        if (grantType !== "refresh_token" || !clientId || !refreshTokens.delete(refreshToken)) {
          return json(403, { error: "TOKEN_EXPIRED", message: "the refresh token has expired" });
        }
        refreshTokens.add("next-refresh-token");
        return json(200, { accessToken: session("login-role"), expiresIn: 900, refreshToken: "next-refresh-token" });
      }
      default:
        return json(404, { message: "not found" });
    }
  };
  const session = (role: string) => {
    const { accessKeyId, secretAccessKey, sessionToken } = startServiceSession(iam, role, "person", 3600);
    return { accessKeyId, secretAccessKey, sessionToken };
  };
  const server = await serve(handle);
  /** Whether the request has a DPoP proof that is signed with its own key, for this request, and recent. */
  const hasProof = ({ headers, target }: ReceivedRequest): boolean => {
    const [header = "", claims = "", signature = ""] = (headers.dpop ?? "").split(".");
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
    const { typ, alg, jwk } = read(header);
    const { htm, htu, iat, jti } = read(claims);
    const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" as const };
    return (
      typ === "dpop+jwt" &&
      alg === "ES256" &&
      jwk.d === undefined &&
      htm === "POST" &&
      htu === `${server.url}${target}` &&
      Math.abs(Date.now() / 1000 - iat) < 300 &&
      typeof jti === "string" &&
      verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))
    );
  };
  return Object.assign(server, { requests, tokens, refreshTokens, consoleSessions, next });
}

function json(status: number, body: object): Reaction {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
