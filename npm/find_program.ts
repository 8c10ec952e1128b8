/** Finds the program in the npm package for this platform, which npm has installed beside the main package. */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { TARGETS, type Target } from "../scripts/releasing/targets.ts";
import { packageName } from "./names.ts";

/**
 * Finds the program.
 *
 * @param packageFolder the folder of the main package.
 * @returns its path; undefined if there is no package for this platform, if it was not installed (`--omit=optional`), if
 *   it belongs to another user, or if this system lacks the dynamic loader that it needs.
 */
export function findProgram(packageFolder: string): string | undefined {
  const manifest = join(packageFolder, "package.json");
  const { resolve } = createRequire(manifest);
  const trusted = [0, statSync(manifest).uid, process.getuid?.()];
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
  return suitable.find(({ target }) => hasLoader(target))?.path;
}

/** Some systems, such as NixOS, have the dynamic loader elsewhere. Node ends if `execve` does not find it. */
function hasLoader({ cpu, libc }: Target): boolean {
  if (libc === undefined) return true;
  if (libc === "musl") return existsSync(`/lib/ld-musl-${cpu === "x64" ? "x86_64" : "aarch64"}.so.1`);
  return existsSync(cpu === "x64" ? "/lib64/ld-linux-x86-64.so.2" : "/lib/ld-linux-aarch64.so.1");
}

function isForThisLibC({ libc }: Target): boolean {
  // Without it, the report resolves the names of all connections.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return (libc === "musl") === (header.glibcVersionRuntime === undefined);
}
