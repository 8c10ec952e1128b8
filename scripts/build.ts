/** Compiles dist/rolecall for this machine. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, hostTarget, sourceCommit } from "./compile.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

compile({ root: ROOT, outfile: join(ROOT, "dist", "rolecall"), target: hostTarget(), commit: sourceCommit(ROOT) });
