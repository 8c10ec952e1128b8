/** The name and version of the JavaScript runtime. */

/** Returns, for example, `bun 1.4.5`. */
export function runtimeName(): string {
  const { bun, deno, node } = process.versions;
  if (bun !== undefined) return `bun ${bun}`;
  return deno === undefined ? `node ${node}` : `deno ${deno}`;
}
