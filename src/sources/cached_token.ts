/** Tokens that the AWS CLI has left in a file of JSON, read and written back with all that we do not know of kept. */
import type { Effects } from "../effects.ts";
import type { RolecallError } from "../errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { systemReason } from "../system_reason.ts";

export type CachedToken = Readonly<Record<string, unknown>>;

/** What there is of a token, without the token. */
export interface TokenLook {
  /** `refreshable`: at or near its end, and refreshed before it is used. */
  readonly state: "valid" | "refreshable" | "expired" | "missing";
  readonly file: string;
  readonly until: Date | undefined;
  /** What a call would say of one that is expired or missing. */
  readonly problem: RolecallError | undefined;
}

/** @returns undefined for a file that is not there, cannot be read or is no JSON object. */
export function readToken(path: string, effects: Effects): CachedToken | undefined {
  try {
    const bytes = effects.readFile(path);
    const value: unknown = bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (error) {
    effects.trace(`${path} cannot be read: ${error instanceof SyntaxError ? "it is no JSON" : error}`);
    return undefined;
  }
}

/** Writes the token back where that is possible: a refreshed one that is lost may cost the person a new login. */
export function writeToken(path: string, token: CachedToken, effects: Effects): void {
  try {
    replaceFile(path, JSON.stringify(token, undefined, 2));
  } catch (error) {
    effects.warn(`${path} could not be written back: ${systemReason(error)}`);
  }
}

export function textIn(token: CachedToken, name: string): string | undefined {
  const value = token[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
