/** Reads the token files of `aws sso login` and `aws login`, and refreshes a token that is about to expire. */
import { joinFlight } from "../cache/single_flight.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { type JsonObject, parseJsonObject } from "../text/json_object.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";

/** A JSON file that contains a token: how to read it and whether its token can be refreshed. */
export interface TokenFile<T> {
  readonly path: string;
  /** What the token is called in messages, such as `the SSO token`. */
  readonly tokenName: string;
  /** Seconds. The token is refreshed if it expires within this time. */
  readonly refreshWindowSeconds: number;
  /** @returns undefined if a required member is missing. */
  parse(json: JsonObject): Token<T> | undefined;
  canRefresh(json: JsonObject): boolean;
  /** When the client registration expires that a refresh needs; undefined if it needs none, or cannot be made at all. */
  registrationExpiresAt(json: JsonObject): Date | undefined;
  /** @param json undefined if the file does not exist or is not a JSON object. */
  missingError(json: JsonObject | undefined): RolecallError;
  /** @param refreshError why the refresh failed; undefined if the token cannot be refreshed. */
  expiredError(refreshError: TokenRefreshError | undefined): RolecallError;
}

export interface Token<T> {
  readonly value: T;
  readonly expiration: Date;
}

/**
 * A refresh failed, but the current token is valid until it expires. The message is only the reason, such as `HTTP
 * 500`.
 */
export class TokenRefreshError extends Error {
  override readonly name = "TokenRefreshError";
  /** As in `RolecallError`. */
  readonly isTemporary: boolean;

  constructor(
    message: string,
    { cause, isTemporary }: { readonly cause?: unknown; readonly isTemporary?: boolean } = {},
  ) {
    super(message, { cause });
    this.isTemporary = isTemporary ?? false;
  }
}

/** The error for a response to a refresh whose status is not 200. */
export function rejectedRefresh(status: number, { error }: JsonObject): TokenRefreshError {
  const text = `HTTP ${status}${typeof error === "string" ? ` ${error}` : ""}`;
  return new TokenRefreshError(text, { isTemporary: status === 429 || status >= 500 });
}

/** What the state of a token depends on. */
export type InspectEffects = Pick<Effects, "environment" | "home" | "now" | "readFile" | "trace">;

/** The state of a token. Does not contain the token itself. */
export interface TokenState {
  /** `refreshable`: expired or about to expire, and refreshed before its next use. */
  readonly state: "valid" | "refreshable" | "expired" | "missing";
  readonly file: string;
  readonly expiration: Date | undefined;
  readonly canRefresh: boolean;
  /** When the client registration expires, or has expired: without it, the token cannot be refreshed. */
  readonly registrationExpiresAt: Date | undefined;
  /** If the token is expired or missing: the error that its use would cause. */
  readonly problem: RolecallError | undefined;
}

/**
 * The token, refreshed first if it is about to expire. A refresh token may be valid for one call only, so one process
 * makes the call, and the others read what it wrote. If the refresh fails, the current token is used until it expires.
 *
 * @param refresh requests a new token and returns the file's new content. It throws a `TokenRefreshError` if the
 * current token can still be used, and a `RolecallError` if not.
 * @throws RolecallError if there is no token, or if it has expired and could not be refreshed.
 */
export async function currentToken<T>(file: TokenFile<T>, refresh: Refresh, effects: Effects): Promise<T> {
  const first = readToken(file, effects);
  const { token, refreshError } = needsRefresh(first, file, effects)
    ? await refreshedToken(file, refresh, effects)
    : { token: first.token, refreshError: undefined };
  const { value, expiration } = token;
  if (expiration <= effects.now()) throw file.expiredError(refreshError);
  if (refreshError !== undefined) {
    const until = expiration.toISOString();
    effects.warn(`could not refresh ${file.tokenName}: ${refreshError.message}; using the current one until ${until}`);
  }
  return value;
}

type Refresh = (json: JsonObject) => Promise<JsonObject>;

/** Short, because the call never prompts, and its attempts have time limits. */
const REFRESH_DEADLINE_MS = 30_000;

async function refreshedToken<T>(
  file: TokenFile<T>,
  refresh: Refresh,
  effects: Effects,
): Promise<{ readonly token: Token<T>; readonly refreshError: TokenRefreshError | undefined }> {
  const flight = {
    lockFile: file.path.replace(/(?:\.json)?$/, ".lock"),
    what: `the refresh of ${file.tokenName}`,
    deadlineMs: REFRESH_DEADLINE_MS,
  };
  const end = await joinFlight(flight, effects);
  try {
    const current = readToken(file, effects);
    if (!needsRefresh(current, file, effects)) {
      effects.trace(`${file.path}: refreshed by another process`);
      return { token: current.token, refreshError: undefined };
    }
    try {
      const refreshed = await refresh(current.json);
      const token = file.parse(refreshed);
      if (token === undefined) throw new TokenRefreshError("HTTP 200 without complete credentials");
      writeJsonFile(file.path, refreshed, effects);
      return { token, refreshError: undefined };
    } catch (error) {
      // The AWS CLI and the SDKs refresh without a lock, and may have used the refresh token in the meantime.
      const latest = readToken(file, effects);
      if (!needsRefresh(latest, file, effects)) return { token: latest.token, refreshError: undefined };
      if (!(error instanceof TokenRefreshError)) throw error;
      return { token: latest.token, refreshError: error };
    }
  } finally {
    end?.();
  }
}

/** The token's state, which decides what `currentToken` would do. Sends no request and writes nothing. */
export function inspectToken<T>(file: TokenFile<T>, effects: InspectEffects): TokenState {
  const { path } = file;
  try {
    const { json, token } = readToken(file, effects);
    const { expiration } = token;
    const registrationExpiresAt = file.registrationExpiresAt(json);
    const known = { file: path, expiration, canRefresh: file.canRefresh(json), registrationExpiresAt };
    if (needsRefresh({ json, token }, file, effects)) return { ...known, state: "refreshable", problem: undefined };
    return expiration > effects.now()
      ? { ...known, state: "valid", problem: undefined }
      : { ...known, state: "expired", problem: file.expiredError(undefined) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    const unknown = { expiration: undefined, canRefresh: false, registrationExpiresAt: undefined };
    return { ...unknown, state: "missing", file: path, problem: error };
  }
}

interface ReadToken<T> {
  readonly json: JsonObject;
  readonly token: Token<T>;
}

function needsRefresh<T>({ json, token }: ReadToken<T>, file: TokenFile<T>, { now }: Pick<Effects, "now">): boolean {
  const leftSeconds = (token.expiration.getTime() - now().getTime()) / 1000;
  return leftSeconds <= file.refreshWindowSeconds && file.canRefresh(json);
}

function readToken<T>(file: TokenFile<T>, effects: Pick<Effects, "readFile" | "trace">): ReadToken<T> {
  const json = readJsonFile(file, effects);
  const token = json === undefined ? undefined : file.parse(json);
  if (json === undefined || token === undefined) throw file.missingError(json);
  return { json, token };
}

/**
 * @returns undefined if there is no such file, or if it is not a JSON object.
 * @throws RolecallError `file-unreadable` if the file exists but cannot be read: a new login would not help.
 */
function readJsonFile(
  { path, tokenName }: TokenFile<unknown>,
  effects: Pick<Effects, "readFile" | "trace">,
): JsonObject | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = effects.readFile(path);
  } catch (error) {
    const code = systemErrorCode(error);
    throw new RolecallError("file-unreadable", `${path} cannot be read: ${systemErrorMessage(error)}`, {
      cause: error,
      notes: [`the file contains ${tokenName}`],
      help:
        code === "EACCES"
          ? ["make sure that you own the file and its folders, and that their owner can read them"]
          : [],
    });
  }
  if (bytes === undefined) return undefined;
  const json = parseJsonObject(new TextDecoder().decode(bytes));
  if (json === undefined) effects.trace(`${path} is not a JSON object`);
  return json;
}

/** A failure is only a warning, because the token itself can be used. */
function writeJsonFile(path: string, json: JsonObject, effects: Effects): void {
  try {
    replaceFile(path, JSON.stringify(json, undefined, 2), effects.home);
  } catch (error) {
    effects.warn(`cannot write the refreshed token to ${path}: ${systemErrorMessage(error)}`);
  }
}
