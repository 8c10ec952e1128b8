/** Waits for an effect of another process. */
import { setTimeout as sleep } from "node:timers/promises";

/** Polls the condition every 5 milliseconds. The test's own timeout is the limit. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}
