/** The refresher, with a clock that the test sets. */
import { describe, expect, test } from "bun:test";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { type NotServed, type Refresher, startRefresher } from "../../../src/serve/refresher.ts";

const START = Date.parse("2026-01-02T03:00:00Z");
const MINUTE = 60_000;

interface Simulation {
  readonly refresher: Refresher;
  /** The time of each refresh, in minutes since the start. */
  readonly attempts: number[];
  /** The minimum TTL that each refresh requested, in minutes. */
  readonly requestedTtls: number[];
  readonly warnings: string[];
  /** Lets time pass, one second at a time. */
  pass(minutes: number): Promise<void>;
  /** Changes the clock, but not the timers: as if the machine slept, or the clock were set. */
  shiftClock(minutes: number): Promise<void>;
  served(): string;
}

/** @param lifetimeMinutes of all credentials; undefined for keys that do not expire. */
function simulate(
  lifetimeMinutes: number | undefined,
  refresh?: (attempt: number) => Promise<Credentials>,
  files?: { haveChanged: boolean; readonly initial?: Credentials | NotServed },
): Simulation {
  let now = START;
  /** The time in milliseconds that timers go by. */
  let elapsed = 0;
  let made = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const make = (): Credentials => ({
    accessKeyId: `AKIA${made++}`,
    secretAccessKey: "secret",
    expiration: lifetimeMinutes === undefined ? undefined : new Date(now + lifetimeMinutes * MINUTE),
  });
  const attempts: number[] = [];
  const requestedTtls: number[] = [];
  const warnings: string[] = [];
  const refresher = startRefresher(files?.initial ?? make(), {
    isFromFiles: () => files !== undefined,
    haveFilesChanged: () => files?.haveChanged ?? false,
    isTemporary: (error) => !(error instanceof TypeError),
    async refresh(minTtl) {
      attempts.push(Math.round((now - START) / MINUTE));
      requestedTtls.push(minTtl / 60);
      return refresh === undefined ? make() : await refresh(attempts.length);
    },
    now: () => new Date(now),
    random: () => 0.5,
    setTimer(ms, call) {
      const timer = { at: elapsed + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    describeError: (error) => ({ code: "sts-unreachable", message: error instanceof Error ? error.message : "" }),
    trace: () => {},
    warn: (line) => void warnings.push(line),
  });
  return {
    refresher,
    attempts,
    requestedTtls,
    warnings,
    async pass(minutes) {
      for (const end = elapsed + minutes * MINUTE; elapsed < end; ) {
        now += 1000;
        elapsed += 1000;
        for (const timer of timers) {
          if (timer.at > elapsed) continue;
          timers.delete(timer);
          timer.call();
        }
        await Promise.resolve();
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    async shiftClock(minutes) {
      now += minutes * MINUTE;
      await Promise.resolve();
    },
    served() {
      const served = refresher.now();
      return "code" in served ? served.code : served.credentials.accessKeyId;
    },
  };
}

describe("credentials are refreshed", () => {
  const rows: readonly [description: string, lifetimeMinutes: number, first: number, second: number][] = [
    // 25 minutes before they expire, and a twentieth of that for the jitter.
    ["valid for an hour: before SDKs begin to refresh at every call", 60, 34, 68],
    ["valid for twelve hours: in the same window", 720, 694, 1388],
    ["valid for a quarter of an hour: after half of their lifetime", 15, 7, 14],
  ];
  for (const [description, lifetime, first, second] of rows) {
    test(description, async () => {
      const { pass, attempts, served } = simulate(lifetime);
      await pass(first - 1);
      expect([attempts, served()]).toEqual([[], "AKIA0"]);
      await pass(2);
      expect([attempts, served()]).toEqual([[first], "AKIA1"]);
      await pass(second - first);
      expect(attempts).toEqual([first, second]);
    });
  }

  test("with a minimum TTL longer than the old credentials have left", async () => {
    const { pass, requestedTtls } = simulate(60);
    await pass(41);
    expect(requestedTtls).toEqual([25]);
  });

  test("keys that do not expire are refreshed, too, and never appear expired", async () => {
    const { refresher, pass, attempts, served } = simulate(undefined);
    await pass(45);
    expect([attempts, served()]).toEqual([[34], "AKIA1"]);
    const now = refresher.now();
    expect("expiration" in now && now.expiration.getTime() - START).toBe((45 + 60) * MINUTE);
  });

  test("if the source has no newer credentials, it is asked again before the old ones expire", async () => {
    const end = new Date(START + 60 * MINUTE);
    const { pass, attempts, served } = simulate(60, async () => ({
      accessKeyId: "AKIA0",
      secretAccessKey: "secret",
      expiration: end,
    }));
    await pass(59);
    expect(attempts.length).toBeGreaterThan(10);
    expect(served()).toBe("AKIA0");
  });

  test("never after a stop", async () => {
    const { refresher, pass, attempts } = simulate(60);
    refresher.stop();
    await pass(120);
    expect(attempts).toEqual([]);
  });
});

describe("keys that are read from files", () => {
  test("are read again each minute, even if no file seems to have changed", async () => {
    const { pass, attempts, served } = simulate(undefined, undefined, { haveChanged: false });
    await pass(0.5);
    expect(attempts).toEqual([]);
    await pass(4.5);
    expect([attempts, served()]).toEqual([[1, 2, 3, 4, 5], "AKIA5"]);
  });

  test("are read again at a request if a file has changed, and the request can wait for that", async () => {
    const files = { haveChanged: false };
    const { refresher, served } = simulate(undefined, undefined, files);
    expect(refresher.readChanges()).toBe(undefined);
    files.haveChanged = true;
    const reading = refresher.readChanges();
    files.haveChanged = false;
    await reading;
    expect(served()).toBe("AKIA1");
  });

  test("are read once for many requests", async () => {
    const files = { haveChanged: true };
    const { refresher, attempts } = simulate(
      undefined,
      async () => {
        files.haveChanged = false;
        return { accessKeyId: "AKIA-NEW", secretAccessKey: "secret" };
      },
      files,
    );
    await Promise.all([refresher.readChanges(), refresher.readChanges(), refresher.readChanges()]);
    expect(attempts.length).toBe(1);
  });

  test("a request waits for at most a second", async () => {
    const { refresher, pass } = simulate(undefined, () => new Promise<never>(() => {}), { haveChanged: true });
    let isSettled = false;
    refresher.readChanges()?.then(() => {
      isSettled = true;
    });
    await Promise.resolve();
    expect(isSettled).toBe(false);
    await pass(1 / 30);
    expect(isSettled).toBe(true);
  });

  test("are served for two minutes if they cannot be read any more, then the error", async () => {
    const { pass, served } = simulate(undefined, () => Promise.reject(new Error("no such profile")), {
      haveChanged: false,
    });
    await pass(1.5);
    expect(served()).toBe("AKIA0");
    await pass(1);
    expect(served()).toBe("sts-unreachable");
  });

  const lifetimes: readonly [what: string, sessionToken: string | undefined, minutes: number][] = [
    ["a user's own keys", undefined, 60],
    ["temporary keys, which must be requested again soon", "token", 25],
  ];
  for (const [what, sessionToken, minutes] of lifetimes) {
    test(`clients are told ${minutes} minutes as the lifetime of ${what}`, () => {
      const initial = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken };
      const now = simulate(undefined, undefined, { haveChanged: false, initial }).refresher.now();
      expect("expiration" in now && now.expiration.getTime() - START).toBe(minutes * MINUTE);
    });
  }
});

describe("without credentials at the start", () => {
  const initial = { code: "sts-unreachable", message: "no route" };

  test("the reason is served, and attempts follow until there are credentials", async () => {
    const { refresher, pass, served, attempts, requestedTtls, warnings } = simulate(
      60,
      async (attempt) => {
        if (attempt < 3) throw new Error("still down");
        return { accessKeyId: "AKIA-NEW", secretAccessKey: "secret", expiration: new Date(START + 60 * MINUTE) };
      },
      { haveChanged: false, initial },
    );
    expect(refresher.now()).toEqual(initial);
    expect(warnings[0]).toMatch(/^could not get the credentials, trying again in \d s: sts-unreachable: no route$/);
    await pass(1 / 20);
    expect(refresher.now()).toMatchObject({ message: "still down" });
    await pass(1);
    expect([served(), attempts.length, requestedTtls[0]]).toEqual(["AKIA-NEW", 3, 0]);
    expect(await refresher.first).toMatchObject({ accessKeyId: "AKIA-NEW" });
  });

  test("an error that another attempt cannot cure ends the attempts", async () => {
    const error = new TypeError("no such profile");
    const { refresher, pass, attempts } = simulate(60, () => Promise.reject(error), { haveChanged: false, initial });
    await pass(5);
    expect(await refresher.first.catch((reason: unknown) => reason)).toBe(error);
    expect(attempts.length).toBe(1);
  });
});

describe("if a refresh fails", () => {
  const down = () => Promise.reject(new Error("STS is down"));

  test("the last credentials are served until they expire, then the error", async () => {
    const { refresher, pass, served, warnings } = simulate(60, down);
    await pass(59);
    expect(served()).toBe("AKIA0");
    await pass(2);
    expect(refresher.now()).toMatchObject({ code: "sts-unreachable", message: "STS is down" });
    expect(warnings[0]).toContain("sts-unreachable: STS is down");
  });

  test("it is retried soon, then at growing intervals of at most half a minute", async () => {
    const { pass, attempts } = simulate(60, down);
    await pass(40);
    expect(attempts.length).toBeGreaterThanOrEqual(5);
    const before = attempts.length;
    await pass(10);
    expect(attempts.length - before).toBeWithin(18, 22);
  });

  test("the next success serves credentials again", async () => {
    const later = new Date(START + 500 * MINUTE);
    const { pass, served } = simulate(60, async (attempt) => {
      if (attempt < 60) return await down();
      return { accessKeyId: "AKIA-NEW", secretAccessKey: "secret", expiration: later };
    });
    await pass(60);
    expect(served()).toBe("sts-unreachable");
    await pass(10);
    expect(served()).toBe("AKIA-NEW");
  });

  test("one attempt at a time, however long it takes", async () => {
    const { pass, attempts, served } = simulate(60, () => new Promise<never>(() => {}));
    await pass(61);
    expect([attempts.length, served()]).toEqual([1, "credentials-expired"]);
  });
});

describe("if the clock is set, or the machine slept", () => {
  test("the first request after a long sleep starts a refresh", async () => {
    const { shiftClock, pass, served, attempts } = simulate(60);
    await shiftClock(120);
    expect(served()).toBe("credentials-expired");
    await shiftClock(0);
    await shiftClock(0);
    expect([served(), attempts]).toEqual(["AKIA1", [120]]);
    await pass(33);
    expect(attempts.length).toBe(1);
    await pass(2);
    expect(attempts.length).toBe(2);
  });

  test("a clock that is set back during an outage does not delay the retries", async () => {
    const { shiftClock, pass, attempts } = simulate(60, () => Promise.reject(new Error("STS is down")));
    await pass(50);
    const before = attempts.length;
    await shiftClock(-24 * 60);
    await pass(10);
    expect(attempts.length - before).toBeWithin(18, 22);
  });

  test("new credentials that have already expired count as a failure", async () => {
    const { pass, served, attempts, warnings } = simulate(60, async (attempt) => ({
      accessKeyId: "AKIA-DEAD",
      secretAccessKey: "secret",
      // Each expires a little later than the one before.
      expiration: new Date(START + attempt),
    }));
    await pass(40);
    expect([served(), attempts.length < 20]).toEqual(["AKIA0", true]);
    expect(warnings[0]).toContain("credentials-expired: the new credentials have already expired");
    const before = attempts.length;
    await pass(30);
    expect(served()).toBe("credentials-expired");
    expect(attempts.length - before).toBeWithin(55, 65);
  });
});
