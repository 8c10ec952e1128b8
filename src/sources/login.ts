/** Credentials that `aws login` has left, refreshed with its proof of possession. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from "node:crypto";
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
import { formatUtc, parseTimestamp } from "../text/timestamp.ts";
import { readCaBundle } from "./ca_bundle.ts";
import { readToken, type TokenState, writeToken } from "./cached_token.ts";

/** Seconds before their end from which on the credentials are refreshed; botocore's. */
const REFRESH_WINDOW = 5 * 60;

/**
 * The session's credentials, refreshed where they are near their end. Where that fails they are used while they live.
 *
 * @throws RolecallError `login-needed`, which names the command to run, or `login-failed`.
 */
export async function loginCredentials(
  step: LoginStep,
  services: ServiceSettings,
  effects: Effects,
): Promise<Credentials> {
  const { path, token, credentials } = storedSession(step, effects);
  const secondsLeft = (credentials.expiration.getTime() - effects.now().getTime()) / 1000;
  if (secondsLeft > REFRESH_WINDOW) return credentials;
  try {
    const refreshed = await refresh(step, token, services, effects);
    writeToken(path, refreshed, effects);
    return credentialsIn(refreshed) ?? credentials;
  } catch (error) {
    if (!(error instanceof RolecallError) || error.code !== "login-failed" || secondsLeft <= 0) throw error;
    effects.warn(`${error.message}; the old credentials are used, until ${credentials.expiration.toISOString()}`);
    return credentials;
  }
}

/**
 * What `aws login` has left.
 *
 * @throws RolecallError `login-needed` where there is nothing, or not all.
 */
function storedSession(step: LoginStep, effects: Effects): StoredSession {
  const path = tokenFile(step, effects);
  const token = readToken(path, effects);
  if (token === undefined) throw loginNeeded(step, `there is no login session for ${step.session.value}`);
  const credentials = credentialsIn(token);
  const missing = ["refreshToken", "dpopKey", "clientId"].filter((name) => stringMember(token, name) === undefined);
  if (credentials === undefined || missing.length > 0) {
    const what = credentials === undefined ? "accessToken" : missing.join(", ");
    throw loginNeeded(step, `the login session for ${step.session.value} lacks ${what}`);
  }
  return { path, token, credentials };
}

interface StoredSession {
  readonly path: string;
  readonly token: JsonObject;
  /** Expired ones, too: they may be refreshed. */
  readonly credentials: Credentials & { readonly expiration: Date };
}

/** What there is of the session, and what would be done with it. Nobody is asked. */
export function inspectLogin(step: LoginStep, effects: Effects): TokenState {
  try {
    const { path, credentials } = storedSession(step, effects);
    const secondsLeft = (credentials.expiration.getTime() - effects.now().getTime()) / 1000;
    const state = secondsLeft > REFRESH_WINDOW ? "valid" : "refreshable";
    return { state, file: path, until: credentials.expiration, problem: undefined };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { state: "missing", file: tokenFile(step, effects), until: undefined, problem: error };
  }
}

function tokenFile({ session }: LoginStep, effects: Effects): string {
  return join(cacheFolder(effects), `${createHash("sha256").update(session.value).digest("hex")}.json`);
}

function cacheFolder({ environment, home }: Effects): string {
  const named = variable(environment, "AWS_LOGIN_CACHE_DIRECTORY");
  return named === undefined ? join(home, ".aws", "login", "cache") : expandPath(named, environment, home);
}

function credentialsIn(token: JsonObject): (Credentials & { readonly expiration: Date }) | undefined {
  const access = asJsonObject(token.accessToken);
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

/** @throws RolecallError `login-failed`; `login-needed` where only the person can help. */
async function refresh(
  step: LoginStep,
  token: JsonObject,
  services: ServiceSettings,
  effects: Effects,
): Promise<JsonObject> {
  const failed = (why: string, cause?: unknown) =>
    new RolecallError("login-failed", `the login session could not be refreshed: ${why}`, {
      at: step.from,
      cause,
      help: ["try again, or run: aws login"],
    });
  const region = stringMember(token, "signInRegion") ?? step.region?.value;
  if (region === undefined && step.endpoint === undefined) throw failed("no region is configured");
  const url = `${(step.endpoint?.value ?? signInUrl(region ?? "", step.variant)).replace(/\/$/, "")}/v1/token`;
  let answer: Awaited<ReturnType<typeof callService>>;
  try {
    answer = await callService(
      {
        method: "POST",
        url,
        headers: { "content-type": "application/json", dpop: proof(token, url, effects.now()) },
        body: JSON.stringify({
          clientId: stringMember(token, "clientId"),
          refreshToken: stringMember(token, "refreshToken"),
          grantType: "refresh_token",
        }),
        ca: readCaBundle(services, effects),
      },
      services.attempts.value,
      effects,
    );
  } catch (error) {
    if (error instanceof HttpError) throw failed(error.message, error);
    if (error instanceof RolecallError) throw error;
    // node:crypto's own error for a key that is none.
    throw loginNeeded(step, "the login session's key cannot be read");
  }
  const { status, body } = answer;
  if (body.error === "TOKEN_EXPIRED") throw loginNeeded(step, "the login session has expired");
  if (body.error === "USER_CREDENTIALS_CHANGED") throw loginNeeded(step, "the password was changed since the login");
  const fresh = asJsonObject(body.accessToken);
  const refreshToken = stringMember(body, "refreshToken");
  if (status !== 200 || typeof body.expiresIn !== "number" || refreshToken === undefined) {
    throw failed(`HTTP ${status}${typeof body.error === "string" ? ` ${body.error}` : ""}`);
  }
  const expiresAt = formatUtc(new Date(effects.now().getTime() + body.expiresIn * 1000));
  const old = asJsonObject(token.accessToken);
  return { ...token, accessToken: { ...fresh, accountId: old?.accountId, expiresAt }, refreshToken };
}

/** The proof that the refresh token is its owner's: a DPoP JWT (RFC 9449), signed with the session's own key. */
function proof(token: JsonObject, url: string, now: Date): string {
  const key = createPrivateKey(stringMember(token, "dpopKey") ?? "");
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: publicKey(key) };
  const claims = { htm: "POST", htu: url, iat: Math.floor(now.getTime() / 1000), jti: randomUUID() };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

function publicKey(key: KeyObject): Readonly<Record<string, unknown>> {
  const { kty, crv, x, y } = createPublicKey(key).export({ format: "jwk" });
  return { kty, crv, x, y };
}

function loginNeeded(step: LoginStep, message: string): RolecallError {
  return new RolecallError("login-needed", message, {
    at: step.from,
    help: [runCommand(loginCommand(step))],
  });
}
