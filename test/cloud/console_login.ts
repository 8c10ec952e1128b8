/** Simulates the sign-in service behind `aws login`: authorization codes with PKCE, and tokens bound to a key (DPoP). */
import { createHash, createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import { json, matchesRedirect, page, redirect, verifies } from "./oidc.ts";
import type { Reaction } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

/** The keys of a session. */
export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

interface Authorization {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
}

export interface SimulatedConsoleLogin {
  /** The ARN of the person who signs in. */
  person: string;
  /** @returns undefined for a request of another service. */
  handle(request: ReceivedRequest): Reaction | undefined;
  /** What the browser does if the person opens the URL and allows the access. @returns the redirect's URL. */
  allow(authorizeUrl: string): string;
}

const SAME_DEVICE = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE = "arn:aws:signin:::devtools/cross-device";
const CONFIRMATION = "/v1/sessions/confirmation";

/**
 * @param refreshTokens the valid refresh tokens, each for one use.
 * @param newKeys makes the keys of a session.
 */
export function makeConsoleLogin(
  refreshTokens: Set<string>,
  newKeys: () => SessionKeys,
  url: () => string,
): SimulatedConsoleLogin {
  const codes = new Map<string, Authorization>();
  const pending = new Map<string, Authorization>();
  /** The thumbprint of the key that each refresh token is bound to. */
  const bound = new Map<string, string>();

  const readAuthorizeUrl = (text: string): Authorization | string => {
    const parameters = new URL(text, url()).searchParams;
    const names = [...parameters.keys()].sort().join(" ");
    if (names !== "client_id code_challenge code_challenge_method redirect_uri response_type scope state") {
      return `parameters: ${names}`;
    }
    const get = (name: string) => parameters.get(name) ?? "";
    const clientId = get("client_id");
    const redirectUri = get("redirect_uri");
    const isAllowed =
      clientId === SAME_DEVICE
        ? matchesRedirect(redirectUri, "http://127.0.0.1/oauth/callback")
        : clientId === CROSS_DEVICE && redirectUri === `${new URL(text, url()).origin}${CONFIRMATION}`;
    if (!isAllowed) return "redirect";
    if (get("response_type") !== "code" || get("code_challenge_method") !== "SHA-256") return "method";
    if (get("scope") !== "openid" || !/^[\w-]{43}$/.test(get("code_challenge"))) return "scope";
    if (get("state").length < 16) return "state";
    return { clientId, redirectUri, state: get("state"), challenge: get("code_challenge") };
  };
  const redirectFor = (authorization: Authorization): string => {
    const code = randomBytes(300).toString("base64url");
    codes.set(code, authorization);
    return `${authorization.redirectUri}?state=${authorization.state}&code=${code}`;
  };

  const createToken = (request: ReceivedRequest): Reaction => {
    const body = JSON.parse(request.body);
    const key = proofKey(request);
    if (key === undefined) return json(400, { error: "INVALID_PROOF" });
    if (body.grantType === "refresh_token") {
      const { refreshToken } = body;
      const isBound = (bound.get(refreshToken) ?? key) === key;
      if (!body.clientId || !isBound || !refreshTokens.delete(refreshToken)) {
        return json(403, { error: "TOKEN_EXPIRED", message: "the refresh token has expired" });
      }
      refreshTokens.add("next-refresh-token");
      return json(200, { accessToken: newKeys(), expiresIn: 900, refreshToken: "next-refresh-token" });
    }
    const authorization = codes.get(body.code);
    // A code can be used once.
    codes.delete(body.code);
    const isValid =
      body.grantType === "authorization_code" &&
      authorization?.clientId === body.clientId &&
      authorization?.redirectUri === body.redirectUri &&
      authorization !== undefined &&
      verifies(body.codeVerifier, authorization.challenge);
    if (!isValid) return json(403, { error: "AUTHCODE_EXPIRED", message: "the code is not valid" });
    const refreshToken = `refresh-${randomUUID()}`;
    refreshTokens.add(refreshToken);
    bound.set(refreshToken, key);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const idToken = `${part({ alg: "ES384" })}.${part({ sub: login.person, aud: body.clientId })}.c2lnbmF0dXJl`;
    return json(200, { accessToken: newKeys(), expiresIn: 900, refreshToken, idToken, tokenType: "aws_sigv4" });
  };

  const authorize = (request: ReceivedRequest): Reaction => {
    const authorization = readAuthorizeUrl(request.target);
    if (typeof authorization === "string") return page(400, `<h1>Invalid request</h1><p>${authorization}</p>`);
    const id = randomUUID();
    pending.set(id, authorization);
    return page(
      200,
      `<h1>Sign in</h1><form method="get" action="/v1/approve">
<input type="hidden" name="request" value="${id}"><button id="allow">Continue as ${login.person}</button></form>`,
    );
  };

  const login: SimulatedConsoleLogin = {
    person: "arn:aws:iam::123456789012:user/person",
    handle(request) {
      const { pathname, searchParams } = new URL(request.target, url());
      switch (`${request.method} ${pathname}`) {
        case "POST /v1/token":
          return createToken(request);
        case "GET /v1/authorize":
          return authorize(request);
        case "GET /v1/approve": {
          const authorization = pending.get(searchParams.get("request") ?? "");
          return authorization === undefined ? page(400, "") : redirect(redirectFor(authorization));
        }
        case `GET ${CONFIRMATION}`:
          return page(200, `<p id="code">${confirmationCode(new URL(request.target, url()).href)}</p>`);
        default:
          return undefined;
      }
    },
    allow(authorizeUrl) {
      const authorization = readAuthorizeUrl(authorizeUrl);
      if (typeof authorization === "string") throw new Error(`the authorize URL is not valid: ${authorization}`);
      return redirectFor(authorization);
    },
  };
  return login;
}

/** The text that the confirmation page shows, to be copied into the terminal. */
export function confirmationCode(redirectUrl: string): string {
  return Buffer.from(new URL(redirectUrl).search.slice(1)).toString("base64");
}

/**
 * The thumbprint of the key of a DPoP proof. The proof must be signed with its own key, for this request, and recent.
 *
 * @returns undefined if the request has no valid proof.
 */
function proofKey({ headers, target }: ReceivedRequest): string | undefined {
  const [header = "", claims = "", signature = ""] = (headers.dpop ?? "").split(".");
  if (signature === "") return undefined;
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  const { typ, alg, jwk } = read(header);
  const { htm, htu, iat, jti } = read(claims);
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" as const };
  const isValid =
    typ === "dpop+jwt" &&
    alg === "ES256" &&
    jwk.d === undefined &&
    htm === "POST" &&
    // A test may put a TLS server in front.
    ["http", "https"].some((scheme) => htu === `${scheme}://${headers.host}${target}`) &&
    Math.abs(Date.now() / 1000 - iat) < 300 &&
    typeof jti === "string" &&
    verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"));
  return isValid ? createHash("sha256").update(`${jwk.x}.${jwk.y}`).digest("hex") : undefined;
}
