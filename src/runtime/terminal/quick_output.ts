/** Output before `node:fs` is loaded, which takes a fifth of a start. */

/**
 * Writes a text to standard output.
 *
 * @param text short enough for a pipe to take all of it or nothing.
 * @returns false if the runtime cannot do that, or the output failed.
 */
export async function wroteOutput(text: string): Promise<boolean> {
  if (process.versions.bun === undefined) return false;
  try {
    await Bun.write(Bun.stdout, text);
    return true;
  } catch {
    return false;
  }
}
