/**
 * The intermediate process between `exec --serve` and the daemon. It starts the daemon and ends, so it loads little: COMMAND
 * waits for it.
 */
import { spawn } from "node:child_process";
import { inheritedEnvironment } from "../inherited/runtime_variables.ts";
import { catchSigchld } from "./catch_sigchld.ts";
import { ownArgv } from "./own_argv.ts";

/**
 * Without its just-in-time compiler Bun needs a third of the memory. A server that responds from memory is fast enough
 * without it.
 */
const DAEMON_VARIABLES = { BUN_JSC_useJIT: "0" };

/** Returns the daemon's environment without the variables that `spawnDetached` added. */
export function originalEnvironment(): Readonly<Record<string, string | undefined>> {
  const added = Object.keys(DAEMON_VARIABLES);
  return Object.fromEntries(Object.entries(inheritedEnvironment()).filter(([name]) => !added.includes(name)));
}

/** The number that `sharedFd` has in the intermediate process and in the daemon. */
const SHARED_FD = 3;

/**
 * In the intermediate process: starts the daemon, with the same standard input and output, and does not wait for it.
 *
 * @param daemonArgs the daemon's arguments.
 */
export function spawnDetached(daemonArgs: readonly string[]): void {
  const [program = "", ...args] = ownArgv();
  catchSigchld();
  spawn(program, [...args, ...daemonArgs], {
    argv0: "rolecall",
    detached: true,
    env: { ...inheritedEnvironment(), ...DAEMON_VARIABLES },
    stdio: ["inherit", "inherit", "ignore", SHARED_FD],
  }).unref();
}
