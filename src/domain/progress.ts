/** Work with a progress message. */
import type { Effects } from "./effects.ts";

/**
 * Does the work, and shows progress until it is done.
 *
 * @param what completes the message "waiting for …".
 * @param detail what to add after some seconds, such as the number of the attempt.
 */
export async function withProgress<Result>(
  { showProgress }: Pick<Effects, "showProgress">,
  what: string,
  work: () => Promise<Result>,
  detail?: () => string,
): Promise<Result> {
  const done = showProgress(what, detail);
  try {
    return await work();
  } finally {
    done();
  }
}
