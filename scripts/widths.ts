/** Writes the table of display widths. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { widthTable } from "./width_table.ts";

writeFileSync(fileURLToPath(new URL("../src/runtime/terminal/width_table.ts", import.meta.url)), widthTable());
