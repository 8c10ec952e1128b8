/** JSON of others: files that another program wrote, what services and programs answer. Nothing in it is taken for granted. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** @returns undefined for a text that is no JSON, and for JSON that is no object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The value where it is an object; a list is none. */
export function asJsonObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The text under a name; an empty one is none. */
export function stringMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = object?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
