/** Waiting for something that another process does. */
import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again until it is so; the test's own limit ends it. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}
