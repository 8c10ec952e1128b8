/** The provider for `login_session`: credentials from `aws login`, refreshed with a DPoP proof. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expandPath } from "../config/locate.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { runCommand } from "../domain/help_texts.ts";
import { HttpError } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import type { LoginStep, ServiceSettings } from "../plan/plan.ts";
import { signInUrl } from "../plan/services/service_hosts.ts";
import { loginCommand } from "../plan/sources/login_command.ts";
import { asJsonObject, type JsonObject, stringMember } from "../text/json_object.ts";
import { formatUtc, parseTimestamp, timeAfter } from "../text/timestamp.ts";
import { isHostLabel, joinUrl } from "../text/url.ts";
import { readCaBundle } from "./ca_bundle.ts";
import { dpopProof } from "./dpop.ts";
import {
  currentToken,
  type InspectEffects,
  inspectToken,
  rejectedRefresh,
  type TokenFile,
  TokenRefreshError,
  type TokenState,
} from "./token_refresh.ts";

/** botocore's `LoginCredentialFetcher` refreshes credentials that expire within 5 minutes. */
const REFRESH_WINDOW_SECONDS = 5 * 60;

/**
 * The session's credentials, refreshed first if they are about to expire.
 *
 * @throws RolecallError `login-needed`, which names the command to run, or `login-failed`.
 */
export async function loginCredentials(
  step: LoginStep,
  services: ServiceSettings,
  effects: Effects,
): Promise<Credentials> {
  return await currentToken(
    sessionFile(step, effects),
    (json) => refreshSession(step, json, services, effects),
    effects,
  );
}

/** The state of the login session. Sends no request. */
export function inspectLogin(step: LoginStep, effects: InspectEffects): TokenState {
  return inspectToken(sessionFile(step, effects), effects);
}

/** The file of a login session, which the AWS CLI names after the hash of the session. */
function sessionFile(step: LoginStep, effects: Pick<Effects, "environment" | "home">): TokenFile<Credentials> {
  const session = step.session.value;
  const missingMembers = (json: JsonObject) => [
    ...(credentialsIn(json) === undefined ? ["accessToken"] : []),
    ...["refreshToken", "dpopKey", "clientId"].filter((name) => stringMember(json, name) === undefined),
  ];
  return {
    path: loginSessionFile(session, effects),
    tokenName: "the login session",
    refreshWindowSeconds: REFRESH_WINDOW_SECONDS,
    parse(json) {
      const value = credentialsIn(json);
      return value === undefined || missingMembers(json).length > 0
        ? undefined
        : { value, expiration: value.expiration };
    },
    canRefresh: () => true,
    registrationExpiresAt: () => undefined,
    missingError: (json) =>
      loginNeeded(
        step,
        json === undefined
          ? `there is no login session for ${session}`
          : `the login session for ${session} lacks ${missingMembers(json).join(", ")}`,
      ),
    expiredError: (refreshError) =>
      refreshError === undefined
        ? loginNeeded(step, "the login session has expired")
        : new RolecallError("login-failed", `could not refresh the login session: ${refreshError.message}`, {
            at: step.from,
            cause: refreshError.cause,
            isTemporary: refreshError.isTemporary,
            help: [`try again, or run: ${loginCommand(step)}`],
          }),
  };
}

/** The file of a login session. @param session its ARN. */
export function loginSessionFile(session: string, effects: Pick<Effects, "environment" | "home">): string {
  return join(loginCacheFolder(effects), `${createHash("sha256").update(session).digest("hex")}.json`);
}

/** The folder of the files of login sessions. */
export function loginCacheFolder({ environment, home }: Pick<Effects, "environment" | "home">): string {
  const folder = variable(environment, "AWS_LOGIN_CACHE_DIRECTORY");
  return folder === undefined ? join(home, ".aws", "login", "cache") : expandPath(folder, environment, home);
}

function credentialsIn(json: JsonObject): (Credentials & { readonly expiration: Date }) | undefined {
  const access = asJsonObject(json.accessToken);
  const [accessKeyId, secretAccessKey, sessionToken, accountId] = [
    "accessKeyId",
    "secretAccessKey",
    "sessionToken",
    "accountId",
  ].map((name) => stringMember(access, name));
  const expiration = parseTimestamp(stringMember(access, "expiresAt") ?? "");
  if (!accessKeyId || !secretAccessKey || !sessionToken || expiration === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken, expiration, accountId };
}

/**
 * Exchanges the refresh token for new credentials.
 *
 * @throws TokenRefreshError, or RolecallError `login-needed` if only a new login helps.
 */
async function refreshSession(
  step: LoginStep,
  json: JsonObject,
  services: ServiceSettings,
  effects: Effects,
): Promise<JsonObject> {
  const region = stringMember(json, "signInRegion") ?? step.region?.value;
  if (region === undefined && step.endpoint === undefined) throw new TokenRefreshError("no region is configured");
  const url = joinUrl(step.endpoint?.value ?? signInUrl(region ?? "", step.variant), "v1/token");
  if (!URL.canParse(url) || (step.endpoint === undefined && !isHostLabel(region ?? "")))
    throw new TokenRefreshError(`invalid region "${region}"`);
  const request = {
    method: "POST",
    url,
    headers: { "content-type": "application/json", dpop: proofOf(step, json, url, effects.now()) },
    body: JSON.stringify({
      clientId: stringMember(json, "clientId"),
      refreshToken: stringMember(json, "refreshToken"),
      grantType: "refresh_token",
    }),
    ca: readCaBundle(services, effects),
  };
  const { status, body } = await callService(request, services.attempts.value, effects).catch((error: unknown) => {
    throw error instanceof HttpError
      ? new TokenRefreshError(error.message, { cause: error, isTemporary: true })
      : error;
  });
  if (body.error === "TOKEN_EXPIRED") throw loginNeeded(step, "the login session has expired");
  if (body.error === "USER_CREDENTIALS_CHANGED") throw loginNeeded(step, "the password was changed after the login");
  const refreshToken = stringMember(body, "refreshToken");
  if (status !== 200) throw rejectedRefresh(status, body);
  const expiration = timeAfter(effects.now(), body.expiresIn);
  if (expiration === undefined) throw new TokenRefreshError("HTTP 200 without a valid expiresIn");
  if (refreshToken === undefined) throw new TokenRefreshError("HTTP 200 without a refreshToken");
  const expiresAt = formatUtc(expiration);
  const { accountId } = asJsonObject(json.accessToken) ?? {};
  return { ...json, accessToken: { ...asJsonObject(body.accessToken), accountId, expiresAt }, refreshToken };
}

/** @throws RolecallError `login-needed` if the key cannot be used. */
function proofOf(step: LoginStep, json: JsonObject, url: string, now: Date): string {
  try {
    return dpopProof(stringMember(json, "dpopKey") ?? "", url, now);
  } catch {
    throw loginNeeded(step, "the key of the login session cannot be used");
  }
}

function loginNeeded(step: LoginStep, message: string): RolecallError {
  return new RolecallError("login-needed", message, {
    at: step.from,
    help: [runCommand(loginCommand(step))],
  });
}
