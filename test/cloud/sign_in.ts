/** Simulates IAM Identity Center (portal and OIDC), the sign-in service of `aws login`, and that of the console. */
import { makeAssignments, type SimulatedAssignments } from "./assignments.ts";
import { makeConsoleLogin, type SimulatedConsoleLogin } from "./console_login.ts";
import { type ConsoleSession, makeFederation } from "./federation.ts";
import { type Iam, startServiceSession } from "./iam.ts";
import { json, makeOidc, type SimulatedOidc } from "./oidc.ts";
import { type LoopbackServer, type Reaction, serve } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface SimulatedSignIn extends LoopbackServer {
  readonly requests: readonly ReceivedRequest[];
  /** The valid access tokens of the portal. */
  readonly tokens: Set<string>;
  /** The valid refresh tokens of both services. Each can be used once. */
  readonly refreshTokens: Set<string>;
  readonly oidc: SimulatedOidc;
  readonly login: SimulatedConsoleLogin;
  readonly assignments: SimulatedAssignments;
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
  const session = (role: string) => {
    const { accessKeyId, secretAccessKey, sessionToken } = startServiceSession(iam, role, "person", 3600);
    return { accessKeyId, secretAccessKey, sessionToken };
  };
  const url = () => server.url;
  const oidc = makeOidc(tokens, refreshTokens, url);
  const assignments = makeAssignments(tokens);
  const login = makeConsoleLogin(refreshTokens, () => session("login-role"), url);
  const handle = (request: ReceivedRequest): Reaction => {
    requests.push(request);
    const reaction = next.shift();
    if (reaction !== undefined) return reaction;
    const { pathname } = new URL(request.target, "http://localhost");
    if (pathname === "/federation") return federation.handle(request);
    return oidc.handle(request) ?? login.handle(request) ?? assignments.handle(request) ?? handlePortal(request);
  };
  const handlePortal = (request: ReceivedRequest): Reaction => {
    const { pathname, searchParams } = new URL(request.target, "http://localhost");
    const token = request.headers["x-amz-sso_bearer_token"] ?? "";
    switch (`${request.method} ${pathname}`) {
      case "GET /federation/credentials": {
        if (!tokens.has(token)) return json(401, { message: "Session token not found or invalid" });
        if (searchParams.get("role_name") === "Forbidden") return json(403, { message: "No access" });
        return json(200, { roleCredentials: { ...session("sso-role"), expiration: Date.now() + 3_600_000 } });
      }
      case "POST /logout":
        return tokens.delete(token) ? json(200, {}) : json(401, { message: "Session token not found or invalid" });
      case "POST /token": {
        const { grantType, clientId, clientSecret, refreshToken } = JSON.parse(request.body);
        if (grantType !== "refresh_token" || !clientId || !clientSecret || !refreshTokens.delete(refreshToken)) {
          return json(400, { error: "invalid_grant" });
        }
        tokens.add("refreshed-token");
        return json(200, { accessToken: "refreshed-token", expiresIn: 28_800, tokenType: "Bearer" });
      }
      default:
        return json(404, { message: "not found" });
    }
  };
  const server = await serve(handle);
  return Object.assign(server, { requests, tokens, refreshTokens, oidc, login, assignments, consoleSessions, next });
}
