/** argv in, exit code out. */
import { printVersion } from "./cli/version.ts";

const argv = process.argv.slice(2);
const exitCode = (await printVersion(argv)) ?? (await (await import("./cli/run.ts")).runCommandLine(argv));
process.exit(exitCode);
