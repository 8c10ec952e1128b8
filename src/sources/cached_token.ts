/** Tokens that the AWS CLI has left in a file of JSON, read and written back with all that we do not know of kept. */
import type { Effects } from "../domain/effects.ts";
import type { RolecallError } from "../domain/errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { asJsonObject, type JsonObject } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";

/** What there is of a token, without the token. */
export interface TokenState {
  /** `refreshable`: at or near its end, and refreshed before it is used. */
  readonly state: "valid" | "refreshable" | "expired" | "missing";
  readonly file: string;
  readonly until: Date | undefined;
  /** What a call would say of one that is expired or missing. */
  readonly problem: RolecallError | undefined;
}

/** @returns undefined for a file that is not there, cannot be read or is no JSON object. */
export function readToken(path: string, effects: Effects): JsonObject | undefined {
  try {
    const bytes = effects.readFile(path);
    return bytes === undefined ? undefined : asJsonObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    effects.trace(`${path} cannot be read: ${error instanceof SyntaxError ? "it is no JSON" : error}`);
    return undefined;
  }
}

/** Writes the token back where that is possible: a refreshed one that is lost may cost the person a new login. */
export function writeToken(path: string, token: JsonObject, effects: Effects): void {
  try {
    replaceFile(path, JSON.stringify(token, undefined, 2));
  } catch (error) {
    effects.warn(`${path} could not be written back: ${systemErrorMessage(error)}`);
  }
}
