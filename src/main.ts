/** argv in, exit code out. */
import { runQuickly } from "./cli/quick_start.ts";

const argv = process.argv.slice(2);
const exitCode = (await runQuickly(argv)) ?? (await (await import("./cli/run.ts")).runCommandLine(argv));
process.exit(exitCode);
