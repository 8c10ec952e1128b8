/** Bundles and compiles in a process of its own, because `Bun.build` is asynchronous: `bun scripts/run_build.ts COMPILATION`. */
import { writeFileSync } from "node:fs";
import { buildSettings, type Compilation } from "./compile.ts";

const [json = ""] = process.argv.slice(2);
const { metafile: file, ...compilation }: Compilation = JSON.parse(json);
const { metafile } = await Bun.build(buildSettings(compilation) as Bun.BuildConfig);
if (file !== undefined) writeFileSync(file, JSON.stringify(metafile));
