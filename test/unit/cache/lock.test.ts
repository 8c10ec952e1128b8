/** Waiting for a lock whose holder is stopped. The time is simulated; the holder is a real process. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLock, type Holder } from "../../../src/cache/lock.ts";
import { waitUntil } from "../../support/wait_until.ts";

let folder: string;
let holder: ReturnType<typeof Bun.spawn>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-lock-"));
  // The name has parentheses and a T, to mislead a parser of /proc/PID/stat.
  holder = Bun.spawn(["sh", "-c", 'cp "$(command -v sleep)" "$0/a) T (" && exec "$0/a) T (" 1000', folder]);
});
afterEach(async () => {
  holder.kill("SIGKILL");
  await holder.exited;
  rmSync(folder, { recursive: true });
});

/** Waits for a lock that is never free. @returns the seconds until it gives up, and what it reported. */
async function waitFor(host: string, deadlineMs = 300_000) {
  let now = 0;
  const reports: string[] = [];
  const path = join(folder, "lock");
  writeFileSync(path, JSON.stringify({ pid: holder.pid, host } satisfies Holder));
  const release = await acquireLock(path, {
    deadlineMs,
    tryLock: async () => undefined,
    sleep: async (ms) => {
      now += ms;
    },
    now: () => new Date(now),
    trace: () => {},
    warn: () => {},
    onWait: () => reports.push("wait"),
    onStopped: ({ pid }) => reports.push(`stopped ${pid}`),
  });
  expect(release).toBeUndefined();
  return { seconds: Math.round(now / 1000), reports };
}

const state = () => /\) (\w) [^)]*$/.exec(readFileSync(`/proc/${holder.pid}/stat`, "utf8"))?.[1];

describe.skipIf(process.platform !== "linux")("a holder (needs /proc)", () => {
  test("that is stopped is reported, and waited for 30 seconds", async () => {
    holder.kill("SIGSTOP");
    await waitUntil(() => state() === "T");
    expect(await waitFor(hostname())).toEqual({ seconds: 31, reports: [`stopped ${holder.pid}`] });
  });

  test("that runs is waited for until the deadline", async () => {
    await waitUntil(() => state() === "S");
    expect(await waitFor(hostname())).toEqual({ seconds: 300, reports: ["wait"] });
  });

  test("on another host is waited for until the deadline", async () => {
    holder.kill("SIGSTOP");
    await waitUntil(() => state() === "T");
    expect(await waitFor("elsewhere")).toEqual({ seconds: 300, reports: ["wait"] });
  });
});
