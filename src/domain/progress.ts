/** Work with a progress message. */
import type { Effects } from "./effects.ts";

/** Does the work and shows progress meanwhile. `what` completes the message "waiting for …". */
export async function withProgress<Result>(
  { showProgress }: Pick<Effects, "showProgress">,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const done = showProgress(what);
  try {
    return await work();
  } finally {
    done();
  }
}
