/** JSON from other programs and services, in which any member may be missing or have another type. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** @returns undefined if the text is not JSON, or if the JSON is not an object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The value if it is an object, but not a list. */
export function asJsonObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The string of a member; undefined if it is missing, empty, blank or not a string. */
export function stringMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/**
 * The access token in a member: the visible ASCII characters of RFC 6749, appendix A.12. Others, which a damaged file may
 * contain, cannot be sent in a header.
 *
 * @returns undefined if it is missing, or not such a token.
 */
export function tokenMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = stringMember(object, name);
  return value !== undefined && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}

/**
 * Why a member is not a string with content, as the end of a sentence such as `it printed a SessionToken …`.
 *
 * @returns undefined if it is one, or if it is missing or null.
 */
export function textProblem(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || stringMember(object, name) !== undefined) return undefined;
  return typeof value === "string" ? "that is empty" : "that is not a string";
}
