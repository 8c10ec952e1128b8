/** Signs out: revokes tokens at the access portal, and removes tokens and the credentials that were obtained with them. */
import { basename, join } from "node:path";
import { cacheFolder } from "../cache/cache.ts";
import { roleStepKey, ssoStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Effects } from "../domain/effects.ts";
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { listFiles } from "../files/list_folder.ts";
import { removeFile } from "../files/remove_file.ts";
import { HttpError } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { Plan } from "../plan/plan.ts";
import {
  type IdentityCenterSettings,
  type IdentityCenterTarget,
  oidcUrl,
  portalUrl,
  type SignInTarget,
} from "../plan/sign_in.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { loginCacheFolder, loginSessionFile } from "../sources/login.ts";
import { ssoCacheFolder, ssoRefreshRequest, ssoTokenPath } from "../sources/sso.ts";
import { asJsonObject, type JsonObject, parseJsonObject, stringMember, tokenMember } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { isHostLabel, joinUrl } from "../text/url.ts";
import { type OidcService, RegistrationRejectedError, tokenForRefresh } from "./oidc.ts";

export interface SignedOut {
  /** The files of tokens and of login sessions that were removed. */
  readonly tokens: readonly string[];
  /** The files of cached credentials that were removed. */
  readonly credentials: readonly string[];
}

/**
 * Revokes the session's token at the portal. A failure is passed over: the token may have expired.
 */
export async function signOutAtPortal(target: IdentityCenterTarget, effects: Effects): Promise<void> {
  const json = readJson(ssoTokenPath(target.session?.value ?? target.startUrl.value, effects.home), effects);
  if (json !== undefined) await revoke(json, target, effects);
}

/**
 * Signs out of one session: removes its token, and the credentials of the roles that the profiles of the config files
 * use with it.
 *
 * @throws RolecallError `write-failed` if a file cannot be removed. The others are removed first.
 */
export async function signOut(target: SignInTarget, config: SharedConfig, effects: Effects): Promise<SignedOut> {
  if (target.kind === "sso") await signOutAtPortal(target, effects);
  const token =
    target.kind === "sso"
      ? ssoTokenPath(target.session?.value ?? target.startUrl.value, effects.home)
      : target.session && loginSessionFile(target.session.value, effects);
  const tokens = token === undefined ? [] : [token];
  return removeAll(
    tokens,
    derivedEntries(config, effects, (plan) => isSourceOf(plan, target)),
    effects,
  );
}

/**
 * Signs out of all sessions of IAM Identity Center and of the console. Tokens that other programs keep under names of
 * their own in the same folder stay.
 *
 * @throws as `signOut`; `file-unreadable` if a folder cannot be read. What the others contain is removed first.
 */
export async function signOutOfAll(
  config: SharedConfig,
  settings: IdentityCenterSettings,
  effects: Effects,
): Promise<SignedOut> {
  const tokens: string[] = [];
  let unreadable: RolecallError | undefined;
  /** A folder that cannot be read does not keep the files of the others. */
  const list = (folder: string): string[] => {
    try {
      return listFiles(folder).filter((file) => file.endsWith(".json"));
    } catch (cause) {
      const message = `${folder} cannot be read: ${systemErrorMessage(cause)}`;
      unreadable ??= new RolecallError("file-unreadable", message, { cause });
      return [];
    }
  };
  for (const file of list(ssoCacheFolder(effects.home))) {
    // The name that the AWS CLI and the SDKs give to a token: a SHA-1 hash.
    const json = /^[0-9a-f]{40}\.json$/.test(basename(file)) ? readJson(file, effects) : undefined;
    if (json === undefined || stringMember(json, "accessToken") === undefined) continue;
    await revoke(json, settings, effects);
    tokens.push(file);
  }
  for (const file of list(loginCacheFolder(effects))) {
    const access = asJsonObject(readJson(file, effects)?.accessToken);
    if (stringMember(access, "accessKeyId") !== undefined) tokens.push(file);
  }
  const ssoEntries = list(cacheFolder(effects.home)).filter((file) => readJson(file, effects)?.ProviderType === "sso");
  const derived = derivedEntries(config, effects, ({ source }) => source.kind === "sso" || source.kind === "login");
  const removed = removeAll(tokens, [...new Set([...ssoEntries, ...derived])], effects);
  if (unreadable !== undefined) throw unreadable;
  return removed;
}

/** POST /logout at the portal, as the AWS CLI does. A failure is passed over. */
async function revoke(json: JsonObject, settings: IdentityCenterSettings, effects: Effects): Promise<void> {
  const region = stringMember(json, "region");
  if (region === undefined || !isHostLabel(region)) return;
  const call = {
    effects,
    attempts: settings.services.attempts.value,
    ca: readCaBundle(settings.services, effects),
  };
  const token = await validToken(json, { ...call, endpoint: oidcUrl(settings, region) });
  if (token === undefined) return;
  const url = joinUrl(portalUrl(settings, region), "logout");
  const headers = { "x-amz-sso_bearer_token": token };
  try {
    await callService({ method: "POST", url, headers, body: "", ca: call.ca }, call.attempts, effects);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    effects.trace(`the token could not be revoked: ${error.message}`);
  }
}

/** The token or, if it has expired, a new one: the session may go on, and only a valid token can end it. */
async function validToken(json: JsonObject, service: OidcService): Promise<string | undefined> {
  const { effects } = service;
  const token = tokenMember(json, "accessToken");
  const expiresAt = parseTimestamp(stringMember(json, "expiresAt") ?? "");
  const request = ssoRefreshRequest(json, effects.now());
  if (request === undefined || expiresAt === undefined || expiresAt > effects.now()) return token;
  try {
    return (await tokenForRefresh(service, request)).accessToken;
  } catch (error) {
    if (!(error instanceof RolecallError || error instanceof RegistrationRejectedError)) throw error;
    effects.trace(`the token could not be refreshed: ${error.message}`);
    return token;
  }
}

/** The cache entries of the roles of all profiles whose plan meets a condition. */
function derivedEntries(config: SharedConfig, effects: Effects, isDerived: (plan: Plan) => boolean): string[] {
  // As if nothing but the files chose the credentials.
  const environment: Environment = {};
  const files = [...config.profiles.keys()].flatMap((name) => {
    const plan = planOf(name, config, environment);
    if (plan === undefined || !isDerived(plan)) return [];
    const keys = [...(plan.source.kind === "sso" ? [ssoStepKey(plan.source)] : []), ...plan.roles.map(roleStepKey)];
    return keys.map((key) => join(cacheFolder(effects.home), `${key}.json`));
  });
  return [...new Set(files)];
}

/** @returns undefined for a profile without a valid plan: nothing was cached for it. */
function planOf(name: string, config: SharedConfig, environment: Environment): Plan | undefined {
  const profile = { value: name, from: { option: "--profile" } };
  try {
    return makePlan({ options: { profile }, environment, config, suggests: false }).plan;
  } catch (error) {
    if (error instanceof RolecallError) return undefined;
    throw error;
  }
}

function isSourceOf({ source }: Plan, target: SignInTarget): boolean {
  if (source.kind === "login") return target.kind === "console" && source.session.value === target.session?.value;
  if (source.kind !== "sso" || target.kind !== "sso") return false;
  if (source.session !== undefined || target.session !== undefined) {
    return source.session?.value === target.session?.value;
  }
  return source.startUrl.value === target.startUrl.value;
}

function removeAll(tokens: readonly string[], credentials: readonly string[], { home }: Effects): SignedOut {
  let firstError: RolecallError | undefined;
  const remove = (file: string): boolean => {
    try {
      return removeFile(file, home);
    } catch (cause) {
      const message = `${file} cannot be removed: ${systemErrorMessage(cause)}`;
      firstError ??= new RolecallError("write-failed", message, { cause });
      return false;
    }
  };
  const removed = { tokens: tokens.filter(remove), credentials: credentials.filter(remove) };
  if (firstError !== undefined) throw firstError;
  return removed;
}

function readJson(file: string, effects: Effects): JsonObject | undefined {
  const text = readText(file, effects);
  return text === undefined ? undefined : parseJsonObject(text);
}

/** A file that cannot be read, such as one that `sudo` has left, may contain a token that is then not revoked. */
function readText(file: string, { readFile, warn }: Effects): string | undefined {
  try {
    const bytes = readFile(file);
    return bytes && new TextDecoder().decode(bytes);
  } catch (error) {
    warn(`${file} cannot be read: ${systemErrorMessage(error)}`);
    return undefined;
  }
}
