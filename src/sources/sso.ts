/** Role credentials from IAM Identity Center, for the token that `aws sso login` has left. */
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { ssoTokenCacheKey } from "../cache/key.ts";
import { ssoStepKey } from "../cache/step_key.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { runCommand } from "../domain/help_texts.ts";
import { HttpError } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import type { ServiceSettings, SsoStep } from "../plan/plan.ts";
import { ssoLoginCommand } from "../plan/sources/login_command.ts";
import { asJsonObject, type JsonObject, stringMember } from "../text/json_object.ts";
import { formatUtc, parseTimestamp } from "../text/timestamp.ts";
import { readCaBundle } from "./ca_bundle.ts";
import { readToken, type TokenState, writeToken } from "./cached_token.ts";

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
  const key = ssoStepKey(step);
  const cached = cache.read(key);
  if (cached !== undefined) {
    effects.trace(`cache ${key}: ${step.roleName.value} in ${step.accountId.value}`);
    return cached.credentials;
  }
  const made = await cache.getOrCreate(key, `GetRoleCredentials ${step.roleName.value}`, async () => ({
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

/** The token, refreshed where it is near its end and can be. */
async function accessToken(step: SsoStep, calls: Calls): Promise<string> {
  const { effects } = calls;
  const { file, until, token, access } = storedToken(step, effects);
  const parameters = refreshParameters(step, token, until, effects.now());
  const refreshed = parameters && (await refresh(step, token, parameters, calls));
  if (refreshed !== undefined) {
    writeToken(file, refreshed, effects);
    return stringMember(refreshed, "accessToken") ?? access;
  }
  if (until <= effects.now()) throw tokenExpired(step);
  return access;
}

/** What there is of the token, and what would be done with it. Nobody is asked. */
export function inspectSsoToken(step: SsoStep, effects: Effects): TokenState {
  try {
    const { file, until, token } = storedToken(step, effects);
    const now = effects.now();
    if (refreshParameters(step, token, until, now) !== undefined) {
      return { state: "refreshable", file, until, problem: undefined };
    }
    return until > now
      ? { state: "valid", file, until, problem: undefined }
      : { state: "expired", file, until, problem: tokenExpired(step) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { state: "missing", file: tokenFile(step, effects), until: undefined, problem: error };
  }
}

/** @throws RolecallError `sso-login-needed` where `aws sso login` has left no token. */
function storedToken(step: SsoStep, effects: Effects) {
  const file = tokenFile(step, effects);
  const token = readToken(file, effects);
  const until = token === undefined ? undefined : parseTimestamp(stringMember(token, "expiresAt") ?? "");
  const access = token === undefined ? undefined : stringMember(token, "accessToken");
  if (token === undefined || until === undefined || access === undefined) {
    throw loginNeeded(step, `there is no SSO token for ${tokenName(step)}`);
  }
  return { file, until, token, access };
}

function tokenExpired(step: SsoStep): RolecallError {
  return loginNeeded(step, `the SSO token for ${tokenName(step)} has expired`);
}

function tokenFile(step: SsoStep, { home }: Effects): string {
  return join(home, ".aws", "sso", "cache", `${ssoTokenCacheKey(tokenName(step))}.json`);
}

function tokenName({ session, startUrl }: SsoStep): string {
  return session?.value ?? startUrl.value;
}

interface RefreshParameters {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/**
 * What a refresh has to send; undefined where the token is far from its end, or cannot be refreshed: it has no refresh
 * token, its client's registration has ended, or it is a legacy profile's.
 */
function refreshParameters(step: SsoStep, token: JsonObject, until: Date, now: Date): RefreshParameters | undefined {
  if (step.session === undefined || (until.getTime() - now.getTime()) / 1000 >= REFRESH_WINDOW) return undefined;
  const [clientId, clientSecret, refreshToken, registration] = [
    "clientId",
    "clientSecret",
    "refreshToken",
    "registrationExpiresAt",
  ].map((name) => stringMember(token, name));
  if (!refreshToken || !clientId || !clientSecret || !registration) return undefined;
  if ((parseTimestamp(registration)?.getTime() ?? 0) <= now.getTime()) return undefined;
  return { clientId, clientSecret, refreshToken };
}

/**
 * A new token for the refresh token. A failure is no error while the old one lives; whoever calls sees to that.
 *
 * @returns undefined on failure.
 */
async function refresh(
  step: SsoStep,
  token: JsonObject,
  parameters: RefreshParameters,
  { effects, attempts, ca }: Calls,
): Promise<JsonObject | undefined> {
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
      expiresAt: formatUtc(new Date(effects.now().getTime() + expiresIn * 1000)),
      // An answer without a new one leaves the old one good (RFC 6749, section 6); the AWS CLI drops it.
      ...(typeof body.refreshToken === "string" ? { refreshToken: body.refreshToken } : {}),
    };
  } catch (error) {
    if (error instanceof HttpError) return failed(error.message);
    throw error;
  }
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
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = asJsonObject(body.roleCredentials) ?? {};
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
    if (!(error instanceof HttpError)) throw error;
    throw failure(step, `IAM Identity Center at ${new URL(url).host} cannot be reached: ${error.message}`);
  }
}

function loginNeeded(step: SsoStep, message: string): RolecallError {
  // The token is that of the session, or of the start URL.
  const { value, from } = step.session ?? step.startUrl;
  return new RolecallError("sso-login-needed", message, {
    at: from,
    length: value.length,
    help: [runCommand(ssoLoginCommand(step))],
  });
}

function failure(step: SsoStep, message: string): RolecallError {
  return new RolecallError("sso-failed", message, { at: step.from });
}
