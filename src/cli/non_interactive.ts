/** The context of a refresh in a server: without prompts and progress, and with a time limit for programs. */
import type { Context } from "./context.ts";

/** The time limit for a program, so that one that hangs does not block all further refreshes. */
const REFRESH_TIMEOUT_MS = 5 * 60 * 1000;

/** A signal that ends the programs of a refresh: after the time limit, or when the server stops. */
export function refreshTimeout(stopped: AbortSignal): AbortSignal {
  return AbortSignal.any([stopped, AbortSignal.timeout(REFRESH_TIMEOUT_MS)]);
}

/** The context without progress, because other programs may use the terminal, and with a time limit for programs. */
export function nonInteractiveContext(context: Context, stopped: AbortSignal): Context {
  const { run } = context.effects;
  return {
    ...context,
    effects: {
      ...context.effects,
      showProgress: () => () => {},
      run: (argv, extra, stderr) => run(argv, extra, stderr, refreshTimeout(stopped)),
    },
  };
}
