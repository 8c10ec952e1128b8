/** Writes the man page, docs/rolecall.1. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { manPage } from "./man_page.ts";

writeFileSync(fileURLToPath(new URL("../docs/rolecall.1", import.meta.url)), manPage());
