/** Builds the executable of a target. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile } from "../compile.ts";
import type { Metafile } from "./bundled_packages.ts";
import { signAdHoc, verifySignature } from "./mach_o.ts";
import type { Target } from "./targets.ts";

/** The name in the signature of a macOS executable. */
const IDENTIFIER = "rolecall";

export interface BuiltTarget {
  readonly target: Target;
  /** The path of the executable. */
  readonly executable: string;
  readonly metafile: Metafile;
}

export interface TargetBuild {
  /** The folder of the source. */
  readonly root: string;
  readonly target: Target;
  /** Bun's executable for the target. */
  readonly runtime: string;
  readonly commit: string;
}

/**
 * Builds `dist/TARGET/rolecall`. Equal sources, commits and runtimes give equal bytes in every folder.
 *
 * @throws Error if Bun fails, or the signature of a macOS executable is wrong.
 */
export function buildTarget({ root, target, runtime, commit }: TargetBuild): BuiltTarget {
  const outfile = join(root, "dist", target.name, target.executable);
  const metafile = join(root, ".tmp", `metafile-${target.name}.json`);
  mkdirSync(dirname(metafile), { recursive: true });
  compile({
    ...{ root, outfile, commit, metafile },
    target: target.name,
    runtime: { target: target.bunTarget, executable: runtime },
  });
  if (target.os === "darwin") {
    const signed = signAdHoc(readFileSync(outfile), IDENTIFIER);
    verifySignature(signed);
    writeFileSync(outfile, signed);
  }
  return { target, executable: outfile, metafile: JSON.parse(readFileSync(metafile, "utf8")) };
}
