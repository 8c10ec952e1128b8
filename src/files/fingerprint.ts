/** Detects that files have changed, without reading them. */
import { statSync } from "node:fs";

/**
 * A text that changes when one of the files is written, replaced, created or removed. Follows symbolic links, because
 * Kubernetes and Docker replace a file by changing a link.
 */
export function fingerprintOf(paths: readonly string[]): string {
  return paths.map(fingerprint).join(" ");
}

function fingerprint(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return "none";
  }
}
