/** Role credentials from IAM Identity Center, for the token that `aws sso login` has left. */
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { ssoRoleCacheKey, ssoTokenCacheKey } from "../cache/key.ts";
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import { HttpFailure } from "../http/failure.ts";
import { callService } from "../http/service_call.ts";
import type { ServiceSettings, SsoStep } from "../plan/plan.ts";
import { parseTimestamp } from "../timestamp.ts";
import { readCaBundle } from "./ca_bundle.ts";
import { type CachedToken, readToken, textIn, writeToken } from "./cached_token.ts";

/** Seconds before its end from which on a token is refreshed; botocore's. */
const REFRESH_WINDOW = 15 * 60;

/**
 * Cached role credentials, else new ones.
 *
 * @throws RolecallError `sso-login-needed`, which names the command to run, or `sso-failed`.
 */
export async function ssoCredentials(
  step: SsoStep,
  services: ServiceSettings,
  cache: Cache,
  effects: Effects,
): Promise<Credentials> {
  const calls: Calls = { effects, attempts: services.attempts.value, ca: readCaBundle(services, effects) };
  const key = ssoRoleCacheKey({
    accountId: step.accountId.value,
    roleName: step.roleName.value,
    ...(step.session === undefined ? { startUrl: step.startUrl.value } : { sessionName: step.session.value }),
  });
  const cached = cache.read(key);
  if (cached !== undefined) {
    effects.trace(`cache ${key}: ${step.roleName.value} in ${step.accountId.value}`);
    return cached.credentials;
  }
  const made = await cache.share(key, `GetRoleCredentials ${step.roleName.value}`, async () => ({
    credentials: await roleCredentials(step, await accessToken(step, calls), calls),
    providerType: "sso",
  }));
  return made.credentials;
}

interface Calls {
  readonly effects: Effects;
  readonly attempts: number;
  readonly ca: string | undefined;
}

export interface StoredToken {
  readonly path: string;
  readonly token: CachedToken;
  readonly access: string;
  readonly expiration: Date;
}

/**
 * The token that `aws sso login` has left, expired or not.
 *
 * @throws RolecallError `sso-login-needed` where there is none.
 */
export function storedToken(step: SsoStep, effects: Effects): StoredToken {
  const name = step.session?.value ?? step.startUrl.value;
  const path = join(effects.home, ".aws", "sso", "cache", `${ssoTokenCacheKey(name)}.json`);
  const token = readToken(path, effects);
  const expiration = token === undefined ? undefined : parseTimestamp(textIn(token, "expiresAt") ?? "");
  const access = token === undefined ? undefined : textIn(token, "accessToken");
  if (token === undefined || expiration === undefined || access === undefined) {
    throw loginNeeded(step, `there is no SSO token for ${name}`);
  }
  return { path, token, access, expiration };
}

export function tokenExpired(step: SsoStep): RolecallError {
  return loginNeeded(step, `the SSO token for ${step.session?.value ?? step.startUrl.value} has expired`);
}

/** Whether the token's refresh token could bring a new one. */
export function isRefreshable(step: SsoStep, token: CachedToken, now: Date): boolean {
  return step.session !== undefined && refreshParameters(token, now) !== undefined;
}

/** The token, refreshed where it is near its end and can be. */
async function accessToken(step: SsoStep, calls: Calls): Promise<string> {
  const { effects } = calls;
  const { path, token, access, expiration } = storedToken(step, effects);
  const secondsLeft = (expiration.getTime() - effects.now().getTime()) / 1000;
  if (secondsLeft < REFRESH_WINDOW && step.session !== undefined) {
    const refreshed = await refresh(step, token, calls);
    if (refreshed !== undefined) {
      writeToken(path, refreshed, effects);
      return textIn(refreshed, "accessToken") ?? access;
    }
  }
  if (secondsLeft <= 0) throw tokenExpired(step);
  return access;
}

/**
 * A new token for the refresh token. A failure is no error while the old one lives; whoever calls sees to that.
 *
 * @returns undefined where there is no refresh token, where the client's registration has ended, or on failure.
 */
async function refresh(
  step: SsoStep,
  token: CachedToken,
  { effects, attempts, ca }: Calls,
): Promise<CachedToken | undefined> {
  const parameters = refreshParameters(token, effects.now());
  if (parameters === undefined) return undefined;
  const url = `${step.oidcEndpoint.value.replace(/\/$/, "")}/token`;
  const failed = (why: string) => {
    effects.warn(`the SSO token could not be refreshed: ${why}`);
    return undefined;
  };
  try {
    const { status, body } = await callService(
      {
        method: "POST",
        url,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ grantType: "refresh_token", ...parameters }),
        ca,
      },
      attempts,
      effects,
    );
    const accessToken = body.accessToken;
    const expiresIn = body.expiresIn;
    if (status !== 200 || typeof accessToken !== "string" || typeof expiresIn !== "number") {
      return failed(`HTTP ${status}${typeof body.error === "string" ? ` ${body.error}` : ""}`);
    }
    return {
      ...token,
      accessToken,
      expiresAt: new Date(effects.now().getTime() + expiresIn * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      // An answer without a new one leaves the old one good (RFC 6749, section 6); the AWS CLI drops it.
      ...(typeof body.refreshToken === "string" ? { refreshToken: body.refreshToken } : {}),
    };
  } catch (error) {
    if (error instanceof HttpFailure) return failed(error.message);
    throw error;
  }
}

/** What a refresh has to send; undefined where there is no refresh token, or the client's registration has ended. */
function refreshParameters(token: CachedToken, now: Date) {
  const [clientId, clientSecret, refreshToken, registration] = [
    "clientId",
    "clientSecret",
    "refreshToken",
    "registrationExpiresAt",
  ].map((name) => textIn(token, name));
  if (!refreshToken || !clientId || !clientSecret || !registration) return undefined;
  if ((parseTimestamp(registration)?.getTime() ?? 0) <= now.getTime()) return undefined;
  return { clientId, clientSecret, refreshToken };
}

async function roleCredentials(step: SsoStep, token: string, calls: Calls): Promise<Credentials> {
  const base = step.portalEndpoint.value.replace(/\/$/, "");
  const query = new URLSearchParams({ account_id: step.accountId.value, role_name: step.roleName.value });
  const what = `${step.roleName.value} in ${step.accountId.value}`;
  const { status, body } = await portal(`${base}/federation/credentials?${query}`, token, step, calls);
  if (status === 401) throw loginNeeded(step, "the SSO token is not valid any more");
  const message = typeof body.message === "string" ? `: ${body.message}` : "";
  if (status !== 200)
    throw failure(step, `IAM Identity Center gave no credentials for ${what}: HTTP ${status}${message}`);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = {
    ...(body.roleCredentials as object | undefined),
  } as Record<string, unknown>;
  if (
    typeof accessKeyId !== "string" ||
    typeof secretAccessKey !== "string" ||
    typeof sessionToken !== "string" ||
    typeof expiration !== "number"
  ) {
    throw failure(step, `IAM Identity Center answered without credentials for ${what}`);
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    // Milliseconds here; whole seconds everywhere else.
    expiration: new Date(Math.floor(expiration / 1000) * 1000),
    accountId: step.accountId.value,
  };
}

async function portal(url: string, token: string, step: SsoStep, { effects, attempts, ca }: Calls) {
  try {
    return await callService(
      { method: "GET", url, headers: { "x-amz-sso_bearer_token": token }, ca },
      attempts,
      effects,
    );
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    throw failure(step, `IAM Identity Center at ${new URL(url).host} cannot be reached: ${error.message}`);
  }
}

function loginNeeded(step: SsoStep, message: string): RolecallError {
  const how = step.session === undefined ? `--profile ${step.profile}` : `--sso-session ${step.session.value}`;
  return new RolecallError("sso-login-needed", message, { at: step.from, help: [`run: aws sso login ${how}`] });
}

function failure(step: SsoStep, message: string): RolecallError {
  return new RolecallError("sso-failed", message, { at: step.from });
}
