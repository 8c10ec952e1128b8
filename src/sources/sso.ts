/** The provider for IAM Identity Center (SSO): role credentials for the token from `aws sso login`. */
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { ssoTokenCacheKey } from "../cache/key.ts";
import { ssoStepKey } from "../cache/step_key.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type ErrorDetails, RolecallError } from "../domain/errors.ts";
import { CHECK_CLOCK, CHECK_INTERCEPTION, runCommand } from "../domain/help_texts.ts";
import { describeOrigin } from "../domain/origin.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import type { ServiceSettings, SsoStep } from "../plan/plan.ts";
import { ssoLoginCommand } from "../plan/sources/login_command.ts";
import {
  asJsonObject,
  type JsonObject,
  parseJsonObject,
  stringMember,
  textProblem,
  tokenMember,
} from "../text/json_object.ts";
import { formatUtc, parseTimestamp, timeAfter, timeOfMs } from "../text/timestamp.ts";
import { joinUrl } from "../text/url.ts";
import { readCaBundle } from "./ca_bundle.ts";
import {
  currentToken,
  type InspectEffects,
  inspectToken,
  rejectedRefresh,
  type TokenFile,
  TokenRefreshError,
  type TokenState,
} from "./token_refresh.ts";

/** botocore's `SSOTokenProvider` refreshes a token that expires within 15 minutes. */
const REFRESH_WINDOW_SECONDS = 15 * 60;

/**
 * The role's credentials from the cache, or new ones.
 *
 * @throws RolecallError `sso-login-needed`, which names the command to run, or `sso-failed`.
 */
export async function ssoCredentials(
  step: SsoStep,
  services: ServiceSettings,
  cache: Cache,
  effects: Effects,
): Promise<Credentials> {
  const options: CallOptions = { effects, attempts: services.attempts.value, ca: readCaBundle(services, effects) };
  const key = ssoStepKey(step);
  const cached = cache.read(key);
  if (cached !== undefined) {
    effects.trace(`cache ${key}: credentials of ${step.roleName.value} in ${step.accountId.value}`);
    return cached.credentials;
  }
  // The token is obtained before the role's lock is taken, so that no process holds two locks.
  const token = await accessToken(step, options);
  const made = await cache.getOrCreate(key, `GetRoleCredentials ${step.roleName.value}`, async () => ({
    credentials: await roleCredentials(step, token, options),
    providerType: "sso",
  }));
  return made.credentials;
}

interface CallOptions {
  readonly effects: Effects;
  readonly attempts: number;
  readonly ca: string | undefined;
}

/** A session of IAM Identity Center, for its token. */
export type SsoSession = Pick<SsoStep, "profile" | "session" | "startUrl" | "oidcEndpoint">;

/**
 * The token of a session, refreshed first if it is about to expire.
 *
 * @throws RolecallError `sso-login-needed`, which names the command to run.
 */
export async function accessToken(step: SsoSession, options: CallOptions): Promise<string> {
  return await currentToken(
    ssoTokenFile(step, options.effects),
    (json) => refreshToken(step, json, options),
    options.effects,
  );
}

/** The state of the SSO token. Sends no request. */
export function inspectSsoToken(step: SsoStep, effects: InspectEffects): TokenState {
  return inspectToken(ssoTokenFile(step, effects), effects);
}

/** The folder of the tokens and of the client registrations. */
export function ssoCacheFolder(home: string): string {
  return join(home, ".aws", "sso", "cache");
}

/** The file of a token. @param name of the sso-session or, for a legacy profile, its start URL. */
export function ssoTokenPath(name: string, home: string): string {
  return join(ssoCacheFolder(home), `${ssoTokenCacheKey(name)}.json`);
}

/** The token of an sso-session or, for a legacy profile, of a start URL. */
function ssoTokenFile(step: SsoSession, { home, now }: Pick<Effects, "home" | "now">): TokenFile<string> {
  const name = step.session?.value ?? step.startUrl.value;
  return {
    path: ssoTokenPath(name, home),
    tokenName: "the SSO token",
    refreshWindowSeconds: REFRESH_WINDOW_SECONDS,
    parse(json) {
      const value = tokenMember(json, "accessToken");
      const expiration = parseTimestamp(stringMember(json, "expiresAt") ?? "");
      return value === undefined || expiration === undefined ? undefined : { value, expiration };
    },
    // botocore does not refresh the token of a legacy profile.
    canRefresh: (json) => step.session !== undefined && ssoRefreshRequest(json, now()) !== undefined,
    registrationExpiresAt: (json) =>
      step.session === undefined || !stringMember(json, "refreshToken")
        ? undefined
        : parseTimestamp(stringMember(json, "registrationExpiresAt") ?? ""),
    missingError: () => loginNeeded(step, `there is no SSO token for ${name}`),
    expiredError: (refreshError) => {
      const why = refreshError === undefined ? "" : ` and could not be refreshed: ${refreshError.message}`;
      const { isTemporary } = refreshError ?? {};
      return loginNeeded(step, `the SSO token for ${name} has expired${why}`, { isTemporary });
    },
  };
}

/**
 * The body of the request for a new token.
 *
 * @returns undefined if the file has no refresh token or if its client registration is missing or has expired.
 */
export function ssoRefreshRequest(json: JsonObject, now: Date): JsonObject | undefined {
  const [clientId, clientSecret, refreshToken, registrationExpiresAt] = [
    "clientId",
    "clientSecret",
    "refreshToken",
    "registrationExpiresAt",
  ].map((name) => stringMember(json, name));
  if (!refreshToken || !clientId || !clientSecret || !registrationExpiresAt) return undefined;
  const expiration = parseTimestamp(registrationExpiresAt);
  if (expiration === undefined || expiration <= now) return undefined;
  return { grantType: "refresh_token", clientId, clientSecret, refreshToken };
}

/** @throws TokenRefreshError */
async function refreshToken(
  step: SsoSession,
  json: JsonObject,
  { effects, attempts, ca }: CallOptions,
): Promise<JsonObject> {
  const request = {
    method: "POST",
    url: joinUrl(step.oidcEndpoint.value, "token"),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ssoRefreshRequest(json, effects.now())),
    ca,
  };
  const { status, body } = await callService(request, attempts, effects).catch((error: unknown) => {
    throw error instanceof HttpError
      ? new TokenRefreshError(error.message, { cause: error, isTemporary: true })
      : error;
  });
  if (status !== 200) throw rejectedRefresh(status, body);
  const accessToken = tokenMember(body, "accessToken");
  const expiration = timeAfter(effects.now(), body.expiresIn);
  if (accessToken === undefined) throw new TokenRefreshError("HTTP 200 without an accessToken");
  if (expiration === undefined) throw new TokenRefreshError("HTTP 200 without a valid expiresIn");
  const problem = textProblem(body, "refreshToken");
  if (problem !== undefined) throw new TokenRefreshError(`HTTP 200 with a refreshToken ${problem}`);
  return {
    ...json,
    accessToken,
    expiresAt: formatUtc(expiration),
    // A response without a refresh token leaves the old one valid (RFC 6749, section 6). The AWS CLI drops it.
    ...(typeof body.refreshToken === "string" ? { refreshToken: body.refreshToken } : {}),
  };
}

async function roleCredentials(step: SsoStep, token: string, options: CallOptions): Promise<Credentials> {
  const query = new URLSearchParams({ account_id: step.accountId.value, role_name: step.roleName.value });
  const url = joinUrl(step.portalEndpoint.value, `federation/credentials?${query}`);
  const what = `${step.roleName.value} in ${step.accountId.value}`;
  const { status, body, isIntercepted } = await requestPortal(url, token, step, options);
  if (isIntercepted) {
    const host = new URL(url).host;
    throw ssoError(step, `the response from ${host} is not from IAM Identity Center (HTTP ${status})`, {
      help: [CHECK_INTERCEPTION],
      isTemporary: true,
    });
  }
  const regionHelp = () => tokenRegionHelp(step, options.effects);
  if (status === 401) throw loginNeeded(step, "the SSO token is no longer valid", { help: regionHelp() });
  const message = typeof body.message === "string" ? `: ${body.message}` : "";
  if (status === 403) {
    throw ssoError(
      step,
      `IAM Identity Center denied the role "${step.roleName.value}" in the account ${step.accountId.value}: HTTP 403${message}`,
      {
        help: [
          "check that this role of this account is assigned to you, or ask your administrator to assign it",
          `check sso_role_name (${describeOrigin(step.roleName.from)}) and sso_account_id (${describeOrigin(step.accountId.from)})`,
        ],
      },
    );
  }
  if (status !== 200) {
    throw ssoError(step, `IAM Identity Center returned no credentials for ${what}: HTTP ${status}${message}`, {
      help: regionHelp(),
      isTemporary: status === 429 || status >= 500,
    });
  }
  const members = asJsonObject(body.roleCredentials);
  const [accessKeyId, secretAccessKey, sessionToken] = ["accessKeyId", "secretAccessKey", "sessionToken"].map((name) =>
    stringMember(members, name),
  );
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw ssoError(step, `IAM Identity Center returned a response without credentials for ${what}`);
  }
  const expiration = timeOfMs(members?.expiration);
  if (expiration === undefined) {
    throw ssoError(step, `IAM Identity Center returned credentials for ${what} without a valid expiration`);
  }
  if (expiration <= options.effects.now()) {
    const time = expiration.toISOString();
    throw new RolecallError("credentials-expired", `the credentials of ${what} expired at ${time}`, {
      at: step.from,
      help: [CHECK_CLOCK],
    });
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    // Without the milliseconds, which the other services do not return.
    expiration: new Date(Math.floor(expiration.getTime() / 1000) * 1000),
    accountId: step.accountId.value,
  };
}

async function requestPortal(url: string, token: string, step: SsoStep, { effects, attempts, ca }: CallOptions) {
  try {
    return await callService(
      { method: "GET", url, headers: { "x-amz-sso_bearer_token": token }, ca },
      attempts,
      effects,
    );
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw ssoError(step, `cannot reach IAM Identity Center at ${new URL(url).host}: ${error.message}`, {
      help: [networkHelp(error)],
      isTemporary: true,
    });
  }
}

/** A token is valid only in the region of the Identity Center that issued it. */
function tokenRegionHelp(step: SsoStep, effects: Effects): string[] {
  const file = ssoTokenFile(step, effects).path;
  const region = stringMember(readJsonFile(file, effects) ?? {}, "region");
  if (region === undefined || region === step.region.value) return [];
  return [
    `set sso_region to ${region}, the region of the token, in place of ${step.region.value} (${describeOrigin(step.region.from)})`,
  ];
}

function readJsonFile(path: string, { readFile }: Effects): JsonObject | undefined {
  try {
    const bytes = readFile(path);
    return bytes && parseJsonObject(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The error that names the command to sign in again. */
export function loginNeeded(
  step: Pick<SsoStep, "profile" | "session" | "startUrl">,
  message: string,
  { help = [], isTemporary }: Pick<ErrorDetails, "help" | "isTemporary"> = {},
): RolecallError {
  const { value, from } = step.session ?? step.startUrl;
  return new RolecallError("sso-login-needed", message, {
    at: from,
    length: value.length,
    help: [...help, runCommand(ssoLoginCommand(step))],
    isTemporary,
  });
}

function ssoError(step: SsoStep, message: string, details: ErrorDetails = {}): RolecallError {
  return new RolecallError("sso-failed", message, { at: step.from, ...details });
}
