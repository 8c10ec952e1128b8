/** The OIDC service of IAM Identity Center: RegisterClient, StartDeviceAuthorization, CreateToken and the authorize URL. */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_INTERCEPTION } from "../domain/help_texts.ts";
import { describeClockOffset } from "../http/clock_offset.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { callService, type ServiceResponse } from "../http/service_call.ts";
import { type JsonObject, stringMember, tokenMember } from "../text/json_object.ts";
import { timeAfter, timeOfMs } from "../text/timestamp.ts";
import { joinUrl } from "../text/url.ts";
import { REGISTERED_REDIRECT_URI } from "./callback.ts";

/** How to call a service. */
export interface CallSettings {
  readonly effects: Effects;
  readonly attempts: number;
  readonly ca: string | undefined;
}

/** The OIDC service of one session. */
export interface OidcService extends CallSettings {
  /** The URL of the endpoint. */
  readonly endpoint: string;
}

/** A client registration, which the AWS CLI caches. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiresAt: Date;
}

/** Which kind of sign-in a registration is for: each has its own. */
export type GrantKind = "authorization-code" | "device-code";

export interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete: string;
  readonly expiresAt: Date;
  /** Seconds between two requests for the token. */
  readonly intervalSeconds: number;
}

export interface NewToken {
  readonly accessToken: string;
  readonly expiresAt: Date;
  readonly refreshToken: string | undefined;
}

/** The service rejects the client registration: another one may be accepted. */
export class RegistrationRejectedError extends Error {
  override readonly name = "RegistrationRejectedError";
}

export const AUTHORIZATION_GRANTS = ["authorization_code", "refresh_token"];
export const DEFAULT_SCOPES: readonly string[] = ["sso:account:access"];
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** The AWS CLI's interval if the service names none: RFC 8628, section 3.2. */
const DEFAULT_INTERVAL_SECONDS = 5;

/** With a longer one, nobody would notice for minutes that the sign-in is done. */
const MAX_INTERVAL_SECONDS = 60;

/**
 * Registers a client.
 *
 * @param name of the sso-session; undefined in a legacy profile.
 * @param issuerUrl the start URL, resolved.
 * @throws RolecallError `sign-in-failed`.
 */
export async function registerClient(
  service: OidcService,
  kind: GrantKind,
  {
    name,
    issuerUrl,
    scopes,
  }: { readonly name: string | undefined; readonly issuerUrl: string; readonly scopes: readonly string[] | undefined },
): Promise<Registration> {
  const now = service.effects.now();
  const request = {
    clientName: `botocore-client-${name ?? Math.floor(now.getTime() / 1000)}`,
    clientType: "public",
    ...(kind === "authorization-code"
      ? {
          grantTypes: AUTHORIZATION_GRANTS,
          redirectUris: [REGISTERED_REDIRECT_URI],
          issuerUrl,
          scopes: grantedScopes(scopes),
        }
      : scopes === undefined || scopes.length === 0
        ? {}
        : { scopes }),
  };
  const { body } = await post(service, "client/register", request, "register a client");
  const [clientId, clientSecret] = ["clientId", "clientSecret"].map((member) => stringMember(body, member));
  const { clientSecretExpiresAt } = body;
  const expiresAt = timeOfMs(typeof clientSecretExpiresAt === "number" ? clientSecretExpiresAt * 1000 : undefined);
  if (clientId === undefined || clientSecret === undefined || expiresAt === undefined) {
    throw incomplete("client registration");
  }
  return { clientId, clientSecret, expiresAt };
}

/** The scopes of a registration for the authorization code: the configured ones, else the AWS CLI's default. */
export function grantedScopes(scopes: readonly string[] | undefined): readonly string[] {
  return scopes === undefined || scopes.length === 0 ? DEFAULT_SCOPES : scopes;
}

/** The URL for the browser. */
export function authorizeUrl(
  endpoint: string,
  request: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly state: string;
    readonly challenge: string;
    readonly scopes: readonly string[] | undefined;
  },
): string {
  const query = encodeQuery([
    ["response_type", "code"],
    ["client_id", request.clientId],
    ["redirect_uri", request.redirectUri],
    ["state", request.state],
    ["code_challenge_method", "S256"],
    ["scopes", grantedScopes(request.scopes).join(" ")],
    ["code_challenge", request.challenge],
  ]);
  // As in the AWS CLI, a path of a configured endpoint is left out.
  return `${new URL(endpoint).origin}/authorize?${query}`;
}

/** Percent-encoded as botocore's `percent_encode_sequence` does: a blank is `%20`. */
export function encodeQuery(parameters: readonly (readonly [name: string, value: string])[]): string {
  return parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

/**
 * Exchanges an authorization code for a token.
 *
 * @throws RegistrationRejectedError, or RolecallError `sign-in-failed`.
 */
export async function tokenForCode(
  service: OidcService,
  { clientId, clientSecret }: Registration,
  request: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
): Promise<NewToken> {
  const body = {
    grantType: "authorization_code",
    clientId,
    clientSecret,
    redirectUri: request.redirectUri,
    codeVerifier: request.verifier,
    code: request.code,
  };
  return tokenOf((await post(service, "token", body, "get the token")).body, service);
}

/**
 * Exchanges a refresh token for a token.
 *
 * @param request the body, as `ssoRefreshRequest` makes it.
 * @throws RegistrationRejectedError, or RolecallError `sign-in-failed`.
 */
export async function tokenForRefresh(service: OidcService, request: JsonObject): Promise<NewToken> {
  return tokenOf((await post(service, "token", request, "refresh the token")).body, service);
}

/** @throws RegistrationRejectedError, or RolecallError `sign-in-failed`. */
export async function startDeviceAuthorization(
  service: OidcService,
  { clientId, clientSecret }: Registration,
  startUrl: string,
): Promise<DeviceAuthorization> {
  const request = { clientId, clientSecret, startUrl };
  const { body } = await post(service, "device_authorization", request, "start the sign-in");
  const [deviceCode, userCode] = ["deviceCode", "userCode"].map((member) => stringMember(body, member));
  const verificationUri = webUrl(stringMember(body, "verificationUri"));
  const expiresAt = timeAfter(service.effects.now(), body.expiresIn);
  if (deviceCode === undefined || userCode === undefined || verificationUri === undefined || expiresAt === undefined) {
    throw incomplete("device authorization");
  }
  const { interval } = body;
  return {
    deviceCode,
    userCode,
    verificationUri,
    verificationUriComplete: webUrl(stringMember(body, "verificationUriComplete")) ?? verificationUri,
    expiresAt,
    intervalSeconds:
      typeof interval === "number" && interval >= 1
        ? Math.min(interval, MAX_INTERVAL_SECONDS)
        : DEFAULT_INTERVAL_SECONDS,
  };
}

/** The result of one request for the token of a device code. */
export type DeviceTokenResult = NewToken | "pending" | "slow-down" | "expired";

/** @throws RegistrationRejectedError, or RolecallError `sign-in-failed`. */
export async function tokenForDevice(
  service: OidcService,
  { clientId, clientSecret }: Registration,
  deviceCode: string,
): Promise<DeviceTokenResult> {
  const request = { grantType: DEVICE_GRANT, clientId, clientSecret, deviceCode };
  const response = await send(service, "token", request, "get the token");
  if (response.status === 200) return tokenOf(response.body, service);
  switch (errorOf(response)) {
    case "authorization_pending":
      return "pending";
    case "slow_down":
      return "slow-down";
    case "expired_token":
      return "expired";
    default:
      throw rejected(response, "get the token");
  }
}

/**
 * The URL in its normal form, so that the browser opens what the terminal shows. It must not be one of another scheme, and
 * a user name in it could look like the host.
 */
function webUrl(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  return url.protocol === "https:" || (url.protocol === "http:" && url.hostname === "127.0.0.1") ? url.href : undefined;
}

function tokenOf(body: JsonObject, { effects }: OidcService): NewToken {
  const accessToken = tokenMember(body, "accessToken");
  const expiresAt = timeAfter(effects.now(), body.expiresIn);
  if (accessToken === undefined || expiresAt === undefined) throw incomplete("token");
  return { accessToken, expiresAt, refreshToken: stringMember(body, "refreshToken") };
}

function incomplete(what: string): RolecallError {
  return new RolecallError("sign-in-failed", `IAM Identity Center returned an incomplete ${what}`);
}

async function post(service: OidcService, path: string, request: object, what: string): Promise<ServiceResponse> {
  const response = await send(service, path, request, what);
  if (response.status === 200) return response;
  throw rejected(response, what);
}

async function send(
  { endpoint, attempts, ca, effects }: OidcService,
  path: string,
  request: object,
  what: string,
): Promise<ServiceResponse> {
  const http = {
    method: "POST",
    url: joinUrl(endpoint, path),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
    ca,
  };
  try {
    return await callService(http, attempts, effects);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw unreachable("IAM Identity Center", http.url, what, error);
  }
}

/** @param what the call failed to do, such as `get the token`. */
export function unreachable(service: string, url: string, what: string, error: HttpError): RolecallError {
  const message = `could not ${what}: cannot reach ${service} at ${new URL(url).host}: ${error.message}`;
  return new RolecallError("sign-in-failed", message, { help: [networkHelp(error)], isTemporary: true, cause: error });
}

/** A response that is not from the service, but from a proxy or a captive portal. */
export function intercepted(service: string, what: string, { status }: ServiceResponse): RolecallError {
  return new RolecallError(
    "sign-in-failed",
    `could not ${what}: the response is not from ${service} (HTTP ${status})`,
    {
      help: [CHECK_INTERCEPTION],
      isTemporary: true,
    },
  );
}

function rejected(response: ServiceResponse, what: string): Error {
  const { status, isIntercepted } = response;
  if (isIntercepted) return intercepted("IAM Identity Center", what, response);
  const error = errorOf(response);
  if (error === "invalid_client" || error === "unauthorized_client") return new RegistrationRejectedError(error);
  return new RolecallError("sign-in-failed", `could not ${what}: ${EXPLANATIONS[error] ?? `HTTP ${status}`}`, {
    notes: error === "" ? [] : [`IAM Identity Center returned ${error}`],
    help: [...(HELP[error] ?? []), ...clockHelp(response)],
    isTemporary: status === 429 || status >= 500,
  });
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  access_denied: "it was denied in the browser, or by a policy",
  expired_token: "the code has expired",
  invalid_grant: "the code is not valid, or was used before",
  invalid_request: "the request is not valid",
  invalid_request_region: "the region is not that of IAM Identity Center",
  invalid_scope: "a scope is not valid",
  invalid_redirect_uri: "the redirect URI is not allowed",
  unsupported_grant_type: "this way to sign in is not supported",
};

const HELP: Readonly<Record<string, readonly string[]>> = {
  invalid_request: ["check sso_start_url and sso_region"],
  invalid_request_region: ["check sso_region"],
  invalid_scope: ["check sso_registration_scopes"],
  unsupported_grant_type: ["try --use-device-code"],
  invalid_redirect_uri: ["try --use-device-code"],
};

/** A clock that is wrong makes proofs, codes and registrations look expired. */
export function clockHelp({ clockOffset }: ServiceResponse): string[] {
  if (clockOffset === undefined || Math.abs(clockOffset.seconds) <= MAX_UNNOTICED_SECONDS) return [];
  return [`set the clock: ${describeClockOffset(clockOffset)}`];
}

/** A difference that no service rejects. */
const MAX_UNNOTICED_SECONDS = 60;

/** Exception names of the service, which a response has in the header x-amzn-ErrorType, with their OAuth codes. */
const OAUTH_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: "access_denied",
  AuthorizationPendingException: "authorization_pending",
  ExpiredTokenException: "expired_token",
  InvalidClientException: "invalid_client",
  InvalidClientMetadataException: "invalid_client_metadata",
  InvalidGrantException: "invalid_grant",
  InvalidRedirectUriException: "invalid_redirect_uri",
  InvalidRequestException: "invalid_request",
  InvalidRequestRegionException: "invalid_request_region",
  InvalidScopeException: "invalid_scope",
  SlowDownException: "slow_down",
  UnauthorizedClientException: "unauthorized_client",
  UnsupportedGrantTypeException: "unsupported_grant_type",
};

/** The OAuth code of an error response; empty if it has none. */
function errorOf({ body, errorType }: ServiceResponse): string {
  const code = stringMember(body, "error");
  const known = OAUTH_CODES[errorType ?? ""];
  if (known !== undefined) return known;
  return code !== undefined && /^[a-z_]{1,40}$/.test(code) ? code : "";
}
