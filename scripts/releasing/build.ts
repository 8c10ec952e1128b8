/** Builds the executable of a target. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../compile.ts";
import { signAdHoc, verifySignature } from "./mach_o.ts";
import type { Target } from "./targets.ts";

/** The name in the signature of a macOS executable. */
const IDENTIFIER = "rolecall";

export interface TargetBuild {
  /** The folder of the source. */
  readonly root: string;
  readonly target: Target;
  /** Bun's executable for the target. */
  readonly runtime: string;
  readonly commit: string;
  /** A file for the list of what was bundled. */
  readonly metafile?: string;
}

/**
 * Builds `dist/TARGET/rolecall`. Equal sources, commits and runtimes give equal bytes in every folder.
 *
 * @returns the path of the executable.
 * @throws Error if Bun fails, or the signature of a macOS executable is wrong.
 */
export function buildTarget({ root, target, runtime, commit, metafile }: TargetBuild): string {
  const outfile = join(root, "dist", target.name, target.executable);
  compile({
    root,
    outfile,
    target: target.name,
    commit,
    runtime: { target: target.bunTarget, executable: runtime },
    ...(metafile === undefined ? {} : { metafile }),
  });
  if (target.os === "darwin") {
    const signed = signAdHoc(readFileSync(outfile), IDENTIFIER);
    verifySignature(signed);
    writeFileSync(outfile, signed);
  }
  return outfile;
}
