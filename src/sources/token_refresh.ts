/** Reads the token files of `aws sso login` and `aws login`, and refreshes a token that is about to expire. */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { asJsonObject, type JsonObject } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";

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
  /** @param json undefined if the file does not exist, cannot be read or is not a JSON object. */
  missingError(json: JsonObject | undefined): RolecallError;
  /** @param refreshError why the refresh failed; undefined if the token cannot be refreshed. */
  expiredError(refreshError: TokenRefreshError | undefined): RolecallError;
}

export interface Token<T> {
  readonly value: T;
  readonly expiration: Date;
}

/** A refresh failed, but the current token is valid until it expires. The message is only the reason, such as `HTTP 500`. */
export class TokenRefreshError extends Error {
  override readonly name = "TokenRefreshError";
}

/** The state of a token. Does not contain the token itself. */
export interface TokenState {
  /** `refreshable`: expired or about to expire, and refreshed before its next use. */
  readonly state: "valid" | "refreshable" | "expired" | "missing";
  readonly file: string;
  readonly expiration: Date | undefined;
  /** If the token is expired or missing: the error that its use would cause. */
  readonly problem: RolecallError | undefined;
}

/**
 * The token, refreshed first if it is about to expire. If the refresh fails, the current token is used until it expires.
 *
 * @param refresh requests a new token and returns the file's new content. It throws a `TokenRefreshError` if the current
 * token can still be used, and a `RolecallError` if not.
 * @throws RolecallError if there is no token, or if it has expired and could not be refreshed.
 */
export async function currentToken<T>(
  file: TokenFile<T>,
  refresh: (json: JsonObject) => Promise<JsonObject>,
  effects: Effects,
): Promise<T> {
  const { json, token } = readToken(file, effects);
  const { value, expiration } = token;
  let refreshError: TokenRefreshError | undefined;
  if (isDue(token, file, effects) && file.canRefresh(json)) {
    try {
      const refreshed = await refresh(json);
      writeJsonFile(file.path, refreshed, effects);
      return file.parse(refreshed)?.value ?? value;
    } catch (error) {
      if (!(error instanceof TokenRefreshError)) throw error;
      refreshError = error;
    }
  }
  if (expiration <= effects.now()) throw file.expiredError(refreshError);
  if (refreshError !== undefined) {
    const until = expiration.toISOString();
    effects.warn(`could not refresh ${file.tokenName}: ${refreshError.message}; using the current one until ${until}`);
  }
  return value;
}

/** The token's state, which decides what `currentToken` would do. Sends no request and writes nothing. */
export function inspectToken<T>(file: TokenFile<T>, effects: Effects): TokenState {
  const { path } = file;
  try {
    const { json, token } = readToken(file, effects);
    const { expiration } = token;
    if (isDue(token, file, effects) && file.canRefresh(json)) {
      return { state: "refreshable", file: path, expiration, problem: undefined };
    }
    return expiration > effects.now()
      ? { state: "valid", file: path, expiration, problem: undefined }
      : { state: "expired", file: path, expiration, problem: file.expiredError(undefined) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { state: "missing", file: path, expiration: undefined, problem: error };
  }
}

function isDue({ expiration }: Token<unknown>, file: TokenFile<unknown>, { now }: Effects): boolean {
  return (expiration.getTime() - now().getTime()) / 1000 <= file.refreshWindowSeconds;
}

function readToken<T>(file: TokenFile<T>, effects: Effects) {
  const json = readJsonFile(file.path, effects);
  const token = json === undefined ? undefined : file.parse(json);
  if (json === undefined || token === undefined) throw file.missingError(json);
  return { json, token };
}

function readJsonFile(path: string, effects: Effects): JsonObject | undefined {
  try {
    const bytes = effects.readFile(path);
    return bytes === undefined ? undefined : asJsonObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    effects.trace(`cannot read ${path}: ${error instanceof SyntaxError ? "not JSON" : systemErrorMessage(error)}`);
    return undefined;
  }
}

/** A failure is only a warning, because the token itself can be used. */
function writeJsonFile(path: string, json: JsonObject, effects: Effects): void {
  try {
    replaceFile(path, JSON.stringify(json, undefined, 2));
  } catch (error) {
    effects.warn(`cannot write the refreshed token to ${path}: ${systemErrorMessage(error)}`);
  }
}
