/** Writes the JavaScript bundle for Node to dist/js. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceCommit } from "./compile.ts";
import { bundle } from "./releasing/bundle.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

bundle({ root: ROOT, outdir: join(ROOT, "dist", "js"), commit: sourceCommit(ROOT) });
