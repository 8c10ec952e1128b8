/** Role credentials from IAM Identity Center, for the token that `aws sso login` has left. */
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { ssoTokenCacheKey } from "../cache/key.ts";
import { ssoStepKey } from "../cache/step_key.ts";
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import { HttpFailure } from "../http/request.ts";
import { callService } from "../http/service_call.ts";
import type { ServiceSettings, SsoStep } from "../plan/plan.ts";
import { parseTimestamp } from "../timestamp.ts";
import { readCaBundle } from "./ca_bundle.ts";
import { type CachedToken, readToken, type TokenLook, textIn, writeToken } from "./cached_token.ts";

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

/** The token, refreshed where it is near its end and can be. */
async function accessToken(step: SsoStep, calls: Calls): Promise<string> {
  const { effects } = calls;
  const { state, file, until, token, access } = readAccessToken(step, effects);
  if (state === "missing") throw loginNeeded(step, `there is no SSO token for ${tokenName(step)}`);
  if (state === "refreshable") {
    const refreshed = await refresh(step, token, calls);
    if (refreshed !== undefined) {
      writeToken(file, refreshed, effects);
      return textIn(refreshed, "accessToken") ?? access;
    }
  }
  if (until <= effects.now()) throw loginNeeded(step, `the SSO token for ${tokenName(step)} has expired`);
  return access;
}

/** What there is of the token, and what would be done with it. Nobody is asked. */
export function lookAtSsoToken(step: SsoStep, effects: Effects): TokenLook {
  const { state, file, until } = readAccessToken(step, effects);
  return { state, file, until };
}

function readAccessToken(step: SsoStep, effects: Effects) {
  const file = join(effects.home, ".aws", "sso", "cache", `${ssoTokenCacheKey(tokenName(step))}.json`);
  const token = readToken(file, effects);
  const until = token === undefined ? undefined : parseTimestamp(textIn(token, "expiresAt") ?? "");
  const access = token === undefined ? undefined : textIn(token, "accessToken");
  if (token === undefined || until === undefined || access === undefined) {
    return { state: "missing", file, until: undefined } as const;
  }
  const now = effects.now();
  const secondsLeft = (until.getTime() - now.getTime()) / 1000;
  const isRefreshed = secondsLeft < REFRESH_WINDOW && step.session !== undefined && canBeRefreshed(token, now);
  const state = isRefreshed ? "refreshable" : secondsLeft <= 0 ? "expired" : "valid";
  return { state, file, until, token, access } as const;
}

function tokenName({ session, startUrl }: SsoStep): string {
  return session?.value ?? startUrl.value;
}

/** Whether there is a refresh token, and a client whose registration has not ended. */
function canBeRefreshed(token: CachedToken, now: Date): boolean {
  const isWhole = ["refreshToken", "clientId", "clientSecret"].every((name) => textIn(token, name) !== undefined);
  return isWhole && (parseTimestamp(textIn(token, "registrationExpiresAt") ?? "")?.getTime() ?? 0) > now.getTime();
}

/**
 * A new token for the refresh token. A failure is no error while the old one lives; whoever calls sees to that.
 *
 * @param token one that can be refreshed.
 * @returns undefined on failure.
 */
async function refresh(
  step: SsoStep,
  token: CachedToken,
  { effects, attempts, ca }: Calls,
): Promise<CachedToken | undefined> {
  const [refreshToken, clientId, clientSecret] = ["refreshToken", "clientId", "clientSecret"].map((name) =>
    textIn(token, name),
  );
  const url = `${(step.oidcEndpoint?.value ?? serviceUrl("oidc", step.region.value)).replace(/\/$/, "")}/token`;
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
        body: JSON.stringify({ grantType: "refresh_token", clientId, clientSecret, refreshToken }),
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

async function roleCredentials(step: SsoStep, token: string, calls: Calls): Promise<Credentials> {
  const base = (step.portalEndpoint?.value ?? serviceUrl("portal.sso", step.region.value)).replace(/\/$/, "");
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

function serviceUrl(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function loginNeeded(step: SsoStep, message: string): RolecallError {
  return new RolecallError("sso-login-needed", message, { at: step.from, help: [`run: ${ssoLoginCommand(step)}`] });
}

/** What the person has to run where there is no token. */
export function ssoLoginCommand({ session, profile }: SsoStep): string {
  return `aws sso login ${session === undefined ? `--profile ${profile}` : `--sso-session ${session.value}`}`;
}

function failure(step: SsoStep, message: string): RolecallError {
  return new RolecallError("sso-failed", message, { at: step.from });
}
