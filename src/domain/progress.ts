/** Waiting for somebody, so that a person can be told whom for. */
import type { Effects } from "./effects.ts";

/** Does the work; `what` is what it waits for, as in "waiting for …". */
export async function withProgress<Result>(
  { showProgress }: Pick<Effects, "showProgress">,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const over = showProgress(what);
  try {
    return await work();
  } finally {
    over();
  }
}
