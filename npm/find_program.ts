/** Finds the program in the npm package for this platform, which npm has installed beside the main package. */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { TARGETS, type Target } from "../scripts/releasing/targets.ts";
import { packageName } from "./names.ts";

/**
 * Finds the program.
 *
 * @param from the URL of a file of the main package.
 * @returns its path; undefined if there is no package for this platform, if it was not installed (`--omit=optional`), or
 *   if it belongs to another user.
 */
export function findProgram(from: string): string | undefined {
  const { resolve } = createRequire(from);
  const trusted = [0, statSync(fileURLToPath(from)).uid, process.getuid?.()];
  const found = TARGETS.filter(({ os, cpu }) => os === process.platform && cpu === process.arch).flatMap((target) => {
    try {
      const path = resolve(`${packageName(target)}/bin/${target.executable}`);
      // Node also looks in the folders above, such as /tmp, in which other users may create packages.
      return trusted.includes(statSync(path).uid) ? [{ target, path }] : [];
    } catch {
      return [];
    }
  });
  // A package manager that does not know the field `libc` installs both packages for Linux.
  const suitable = found.length > 1 ? found.filter(({ target }) => isForThisLibC(target)) : found;
  return suitable[0]?.path;
}

function isForThisLibC({ libc }: Target): boolean {
  // Without it, the report resolves the names of all connections.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return (libc === "musl") === (header.glibcVersionRuntime === undefined);
}
