/** Simulates the OIDC service of IAM Identity Center, as strictly as AWS: clients, authorization codes, device codes. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Reaction } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface OidcClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly issuerUrl: string | undefined;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface Device {
  readonly clientId: string;
  readonly deviceCode: string;
  readonly userCode: string;
  readonly startUrl: string;
  /** The errors of the next requests for the token, before `decision` counts. */
  readonly next: string[];
  decision: "pending" | "allow" | "deny" | "expired";
  /** When the token was requested, in milliseconds. */
  readonly polls: number[];
}

interface Authorization {
  readonly client: OidcClient;
  readonly redirectUri: string;
  readonly state: string;
  readonly challenge: string;
  /** Who signed in. */
  person: string;
}

export interface SimulatedOidc {
  readonly clients: Map<string, OidcClient>;
  readonly devices: Device[];
  /** The access tokens of each person. */
  readonly people: Map<string, string>;
  /** Whether the person has a session in the browser, so that the redirect comes without a click. */
  warmPerson: string | undefined;
  /** Whether device codes need no person. */
  isPreauthorized: boolean;
  /** Seconds. */
  readonly lifetimes: { registration: number; token: number; interval: number };
  /** @returns undefined for a request of another service. */
  handle(request: ReceivedRequest): Reaction | undefined;
  /** What the browser does if the person opens the URL and allows or denies the access. @returns the redirect's URL. */
  decide(authorizeUrl: string, decision: "allow" | "deny", person?: string): string;
}

/** @param tokens receives the access tokens. @param refreshTokens receives the refresh tokens. */
export function makeOidc(tokens: Set<string>, refreshTokens: Set<string>, url: () => string): SimulatedOidc {
  const clients = new Map<string, OidcClient>();
  const devices: Device[] = [];
  const people = new Map<string, string>();
  const pending = new Map<string, Authorization>();
  const codes = new Map<string, Authorization>();
  const lifetimes = { registration: 90 * 86_400, token: 3600, interval: 1 };

  const register = (request: ReceivedRequest): Reaction => {
    const { clientName, clientType, grantTypes, redirectUris, issuerUrl, scopes, ...others } = JSON.parse(request.body);
    const isForCode = grantTypes?.includes("authorization_code") === true;
    const isValid =
      request.headers["content-type"] === "application/json" &&
      /^botocore-client-.+$/.test(clientName) &&
      clientType === "public" &&
      Object.keys(others).length === 0 &&
      (scopes === undefined || (Array.isArray(scopes) && scopes.length > 0)) &&
      (isForCode
        ? redirectUris?.length === 1 && /^https:\/\//.test(issuerUrl) && scopes !== undefined
        : grantTypes === undefined && redirectUris === undefined && issuerUrl === undefined);
    if (!isValid) return failure(400, "invalid_client_metadata", "InvalidClientMetadataException");
    const client: OidcClient = {
      clientId: randomBytes(16).toString("base64url"),
      clientSecret: randomBytes(200).toString("base64url"),
      name: clientName,
      grantTypes: grantTypes ?? ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
      redirectUris: redirectUris ?? [],
      issuerUrl,
      scopes: scopes ?? ["sso:account:access"],
      expiresAt: Date.now() + lifetimes.registration * 1000,
    };
    clients.set(client.clientId, client);
    return json(200, {
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      clientIdIssuedAt: Math.floor(Date.now() / 1000),
      clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
    });
  };

  /** The client, if its secret is right and its registration has not expired. */
  const authenticated = ({ clientId, clientSecret }: Readonly<Record<string, string>>): OidcClient | undefined => {
    const client = clients.get(clientId ?? "");
    if (client === undefined || client.clientSecret !== clientSecret) return undefined;
    return client.expiresAt > Date.now() ? client : undefined;
  };
  const invalidClient = () => failure(401, "invalid_client", "InvalidClientException");
  const invalidGrant = () => failure(400, "invalid_grant", "InvalidGrantException");

  /** The authorization that a URL for the browser requests; a text if it is not valid. */
  const readAuthorizeUrl = (text: string): Authorization | string => {
    const parameters = new URL(text, url()).searchParams;
    const names = [...parameters.keys()].sort().join(" ");
    if (names !== "client_id code_challenge code_challenge_method redirect_uri response_type scopes state") {
      return `parameters: ${names}`;
    }
    const get = (name: string) => parameters.get(name) ?? "";
    const client = clients.get(get("client_id"));
    if (client === undefined || client.expiresAt <= Date.now()) return "client";
    if (!client.grantTypes.includes("authorization_code")) return "grant type";
    if (!client.redirectUris.some((registered) => matchesRedirect(get("redirect_uri"), registered))) return "redirect";
    if (get("response_type") !== "code" || get("code_challenge_method") !== "S256") return "method";
    if (!/^[\w-]{43}$/.test(get("code_challenge"))) return "challenge";
    if (get("state").length < 16) return "state";
    const { scopes } = client;
    const areGranted = get("scopes")
      .split(" ")
      .every((scope) => scopes.includes(scope));
    if (!areGranted) return "scopes";
    return {
      client,
      redirectUri: get("redirect_uri"),
      state: get("state"),
      challenge: get("code_challenge"),
      person: "",
    };
  };
  const redirectFor = (authorization: Authorization, decision: string, person: string): string => {
    const location = new URL(authorization.redirectUri);
    location.searchParams.set("state", authorization.state);
    if (decision === "allow") {
      const code = randomBytes(300).toString("base64url");
      codes.set(code, { ...authorization, person });
      location.searchParams.set("code", code);
    } else {
      location.searchParams.set("error", "access_denied");
      location.searchParams.set("error_description", "The person denied the access");
    }
    return location.href;
  };
  const authorize = (request: ReceivedRequest): Reaction => {
    if (request.method === "POST") {
      const form = new URLSearchParams(request.body);
      const authorization = pending.get(form.get("request") ?? "");
      if (authorization === undefined) return page(400, "<h1>Unknown request</h1>");
      return redirect(redirectFor(authorization, form.get("decision") ?? "", form.get("person") ?? "person"));
    }
    const authorization = readAuthorizeUrl(request.target);
    if (typeof authorization === "string") return page(400, `<h1>Invalid request</h1><p>${authorization}</p>`);
    if (oidc.warmPerson !== undefined) return redirect(redirectFor(authorization, "allow", oidc.warmPerson));
    const id = randomUUID();
    pending.set(id, authorization);
    return page(
      200,
      `<h1>Allow ${authorization.client.name} to access your data?</h1><form method="post" action="/authorize">
<input type="hidden" name="request" value="${id}">
<button id="allow" name="decision" value="allow">Allow access</button>
<button id="deny" name="decision" value="deny">Deny access</button></form>`,
    );
  };

  const startDevice = (request: ReceivedRequest): Reaction => {
    const body = JSON.parse(request.body);
    const client = authenticated(body);
    if (client === undefined) return invalidClient();
    if (client.grantTypes.includes("authorization_code")) {
      return failure(400, "unauthorized_client", "UnauthorizedClientException");
    }
    if (!/^https:\/\//.test(body.startUrl)) return failure(400, "invalid_request", "InvalidRequestException");
    const letters = () => [...randomBytes(4)].map((byte) => "BCDFGHJKLMNPQRSTVWXZ"[byte % 20]).join("");
    const device: Device = {
      clientId: client.clientId,
      deviceCode: randomBytes(64).toString("base64url"),
      userCode: `${letters()}-${letters()}`,
      startUrl: body.startUrl,
      next: [],
      decision: oidc.isPreauthorized ? "allow" : "pending",
      polls: [],
    };
    devices.push(device);
    return json(200, {
      deviceCode: device.deviceCode,
      userCode: device.userCode,
      verificationUri: `${url()}/device`,
      verificationUriComplete: `${url()}/device?user_code=${device.userCode}`,
      expiresIn: 600,
      interval: lifetimes.interval,
    });
  };

  const newToken = (person: string): Reaction => {
    const accessToken = `aoaAAAAA${randomBytes(100).toString("base64url")}`;
    const refreshToken = `aorAAAAA${randomBytes(100).toString("base64url")}`;
    tokens.add(accessToken);
    refreshTokens.add(refreshToken);
    people.set(accessToken, person);
    return json(200, { accessToken, refreshToken, expiresIn: lifetimes.token, tokenType: "Bearer" });
  };

  const createToken = (request: ReceivedRequest): Reaction | undefined => {
    const body = JSON.parse(request.body);
    if (body.grantType === "refresh_token") return undefined;
    const client = authenticated(body);
    if (client === undefined) return invalidClient();
    if (body.grantType === "authorization_code") {
      const authorization = codes.get(body.code);
      // A code can be used once.
      codes.delete(body.code);
      const isValid =
        authorization?.client === client &&
        authorization.redirectUri === body.redirectUri &&
        verifies(body.codeVerifier, authorization.challenge);
      return isValid ? newToken(authorization.person) : invalidGrant();
    }
    if (body.grantType !== "urn:ietf:params:oauth:grant-type:device_code") {
      return failure(400, "unsupported_grant_type", "UnsupportedGrantTypeException");
    }
    const device = devices.find(({ deviceCode }) => deviceCode === body.deviceCode);
    if (device?.clientId !== client.clientId) return invalidGrant();
    device.polls.push(Date.now());
    const error = device.next.shift();
    if (error === "slow_down") return failure(400, error, "SlowDownException");
    if (error !== undefined || device.decision === "pending") {
      return failure(400, "authorization_pending", "AuthorizationPendingException");
    }
    if (device.decision === "expired") return failure(400, "expired_token", "ExpiredTokenException");
    if (device.decision === "deny") return failure(400, "access_denied", "AccessDeniedException");
    device.decision = "expired";
    return newToken("person");
  };

  const devicePage = (request: ReceivedRequest): Reaction => {
    if (request.method === "GET") {
      const code = new URL(request.target, url()).searchParams.get("user_code") ?? "";
      return page(
        200,
        `<h1>${code}</h1><form method="post" action="/device"><input name="user_code" value="${code}">
<button id="allow" name="decision" value="allow">Confirm and continue</button></form>`,
      );
    }
    const form = new URLSearchParams(request.body);
    const device = devices.find(({ userCode }) => userCode === form.get("user_code"));
    if (device === undefined) return page(400, "<h1>Invalid code</h1>");
    device.decision = form.get("decision") === "allow" ? "allow" : "deny";
    return page(200, "<h1>Request approved</h1>");
  };

  const oidc: SimulatedOidc = {
    clients,
    devices,
    people,
    warmPerson: undefined,
    isPreauthorized: false,
    lifetimes,
    handle(request) {
      switch (new URL(request.target, url()).pathname) {
        case "/client/register":
          return request.method === "POST" ? register(request) : undefined;
        case "/device_authorization":
          return request.method === "POST" ? startDevice(request) : undefined;
        case "/authorize":
          return authorize(request);
        case "/device":
          return devicePage(request);
        case "/token":
          return request.method === "POST" ? createToken(request) : undefined;
        default:
          return undefined;
      }
    },
    decide(authorizeUrl, decision, person = "person") {
      const authorization = readAuthorizeUrl(authorizeUrl);
      if (typeof authorization === "string") throw new Error(`the authorize URL is not valid: ${authorization}`);
      return redirectFor(authorization, decision, person);
    },
  };
  return oidc;
}

/** RFC 7636, sections 4.1 and 4.6. */
export function verifies(verifier: unknown, challenge: string): boolean {
  return (
    typeof verifier === "string" &&
    /^[\w.~-]{43,128}$/.test(verifier) &&
    createHash("sha256").update(verifier).digest("base64url") === challenge
  );
}

/** The port of a loopback address may differ from the registered one: RFC 8252, section 7.3. */
export function matchesRedirect(given: string, registered: string): boolean {
  const [a, b] = [URL.parse(given), URL.parse(registered)];
  return (
    a !== null &&
    b !== null &&
    [a, b].every(({ protocol, hostname, search, hash }) => {
      return protocol === "http:" && hostname === "127.0.0.1" && search === "" && hash === "";
    }) &&
    a.pathname === b.pathname
  );
}

export function page(status: number, body: string): Reaction {
  return {
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><link rel="icon" href="data:,">${body}`,
  };
}

export function redirect(location: string): Reaction {
  return { status: 302, headers: { location } };
}

function failure(status: number, error: string, type: string): Reaction {
  return {
    status,
    headers: { "content-type": "application/json", "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/` },
    body: JSON.stringify({ error, error_description: "a description" }),
  };
}

export function json(status: number, body: object): Reaction {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
