/** Errors of the system, which have names: `ENOENT`, `EACCES`. */

/** The error's name; undefined for an error that has none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The end of "it cannot be read: …": the error's name, or what it says where it has none. */
export function reasonOf(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : String(error));
}
