/** Renewal, with a clock that the test moves. */
import { describe, expect, test } from "bun:test";
import type { Credentials } from "../../../src/domain/credentials.ts";
import { type Refresher, startRefresher } from "../../../src/serve/refresher.ts";

const START = Date.parse("2026-01-02T03:00:00Z");
const MINUTE = 60_000;

interface Stage {
  readonly fresh: Refresher;
  /** When renewals began, in minutes from the start. */
  readonly attempts: number[];
  readonly askedFor: number[];
  readonly warnings: string[];
  /** Lets so many minutes pass, a second at a time. */
  pass(minutes: number): Promise<void>;
  /** Sets the clock by so many minutes; no timer counts them. */
  setClock(minutes: number): Promise<void>;
  served(): string;
}

/** @param lifeMinutes of each set of credentials; undefined for keys that do not end. */
function stage(lifeMinutes: number | undefined, renew?: (attempt: number) => Promise<Credentials>): Stage {
  let now = START;
  /** Milliseconds, as timers count them. */
  let counted = 0;
  let made = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const make = (): Credentials => ({
    accessKeyId: `AKIA${made++}`,
    secretAccessKey: "secret",
    expiration: lifeMinutes === undefined ? undefined : new Date(now + lifeMinutes * MINUTE),
  });
  const attempts: number[] = [];
  const askedFor: number[] = [];
  const warnings: string[] = [];
  const fresh = startRefresher(make(), {
    async refresh(minTtl) {
      attempts.push(Math.round((now - START) / MINUTE));
      askedFor.push(minTtl / 60);
      return renew === undefined ? make() : await renew(attempts.length);
    },
    now: () => new Date(now),
    random: () => 0.5,
    setTimer(ms, call) {
      const timer = { at: counted + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    describeError: (error) => ({ code: "sts-unreachable", message: error instanceof Error ? error.message : "" }),
    trace: () => {},
    warn: (line) => void warnings.push(line),
  });
  return {
    fresh,
    attempts,
    askedFor,
    warnings,
    async pass(minutes) {
      for (const end = counted + minutes * MINUTE; counted < end; ) {
        now += 1000;
        counted += 1000;
        for (const timer of timers) {
          if (timer.at > counted) continue;
          timers.delete(timer);
          timer.call();
        }
        await Promise.resolve();
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    async setClock(minutes) {
      now += minutes * MINUTE;
      await Promise.resolve();
    },
    served() {
      const served = fresh.now();
      return "code" in served ? served.code : served.credentials.accessKeyId;
    },
  };
}

describe("credentials are renewed", () => {
  const rows: readonly [what: string, lifeMinutes: number, first: number, second: number][] = [
    // 25 minutes before the end, and a twentieth of that for the jitter.
    ["an hour: before SDKs begin to ask at every call", 60, 34, 68],
    ["twelve hours", 720, 694, 1388],
    ["a quarter of an hour: at half of its life", 15, 7, 14],
  ];
  for (const [what, life, first, second] of rows) {
    test(what, async () => {
      const { pass, attempts, served } = stage(life);
      await pass(first - 1);
      expect([attempts, served()]).toEqual([[], "AKIA0"]);
      await pass(2);
      expect([attempts, served()]).toEqual([[first], "AKIA1"]);
      await pass(second - first);
      expect(attempts).toEqual([first, second]);
    });
  }

  test("asking for more life than the old ones have left", async () => {
    const { pass, askedFor } = stage(60);
    await pass(41);
    expect(askedFor).toEqual([25]);
  });

  test("keys that do not end are looked up again, too, and never look expired", async () => {
    const { fresh, pass, attempts, served } = stage(undefined);
    await pass(45);
    expect([attempts, served()]).toEqual([[34], "AKIA1"]);
    const now = fresh.now();
    expect("expiration" in now && now.expiration.getTime() - START).toBe((45 + 60) * MINUTE);
  });

  test("where there are none that are newer, it looks again before the end", async () => {
    const end = new Date(START + 60 * MINUTE);
    const { pass, attempts, served } = stage(60, async () => ({
      accessKeyId: "AKIA0",
      secretAccessKey: "secret",
      expiration: end,
    }));
    await pass(59);
    expect(attempts.length).toBeGreaterThan(10);
    expect(served()).toBe("AKIA0");
  });

  test("after a stop never again", async () => {
    const { fresh, pass, attempts } = stage(60);
    fresh.stop();
    await pass(120);
    expect(attempts).toEqual([]);
  });
});

describe("when renewing fails", () => {
  const down = () => Promise.reject(new Error("STS is down"));

  test("the last ones are served while they live, then the error", async () => {
    const { fresh, pass, served, warnings } = stage(60, down);
    await pass(59);
    expect(served()).toBe("AKIA0");
    await pass(2);
    expect(fresh.now()).toMatchObject({ code: "sts-unreachable", message: "STS is down" });
    expect(warnings[0]).toContain("sts-unreachable: STS is down");
  });

  test("it is tried again at once, then more and more seldom, but twice a minute at least", async () => {
    const { pass, attempts } = stage(60, down);
    await pass(40);
    expect(attempts.length).toBeGreaterThanOrEqual(5);
    const before = attempts.length;
    await pass(10);
    expect(attempts.length - before).toBeWithin(18, 22);
  });

  test("a success ends it", async () => {
    const later = new Date(START + 500 * MINUTE);
    const { pass, served } = stage(60, async (attempt) => {
      if (attempt < 60) return await down();
      return { accessKeyId: "AKIA-NEW", secretAccessKey: "secret", expiration: later };
    });
    await pass(60);
    expect(served()).toBe("sts-unreachable");
    await pass(10);
    expect(served()).toBe("AKIA-NEW");
  });

  test("one attempt at a time, however long it takes", async () => {
    const { pass, attempts, served } = stage(60, () => new Promise<never>(() => {}));
    await pass(61);
    expect([attempts.length, served()]).toEqual([1, "credentials-expired"]);
  });
});

describe("when the clock is set, or the machine slept", () => {
  test("whoever asks first after a long sleep wakes the renewal", async () => {
    const { setClock, pass, served, attempts } = stage(60);
    await setClock(120);
    expect(served()).toBe("credentials-expired");
    await setClock(0);
    await setClock(0);
    expect([served(), attempts]).toEqual(["AKIA1", [120]]);
    await pass(33);
    expect(attempts.length).toBe(1);
    await pass(2);
    expect(attempts.length).toBe(2);
  });

  test("set back during an outage, it is tried again as often as before", async () => {
    const { setClock, pass, attempts } = stage(60, () => Promise.reject(new Error("STS is down")));
    await pass(50);
    const before = attempts.length;
    await setClock(-24 * 60);
    await pass(10);
    expect(attempts.length - before).toBeWithin(18, 22);
  });

  test("new ones that have already expired are a failure like any other", async () => {
    const { pass, served, attempts, warnings } = stage(60, async (attempt) => ({
      accessKeyId: "AKIA-DEAD",
      secretAccessKey: "secret",
      // Each a little newer than the one before.
      expiration: new Date(START + attempt),
    }));
    await pass(40);
    expect([served(), attempts.length < 20]).toEqual(["AKIA0", true]);
    expect(warnings[0]).toContain("credentials-expired: the new ones had already expired");
    const before = attempts.length;
    await pass(30);
    expect(served()).toBe("credentials-expired");
    expect(attempts.length - before).toBeWithin(55, 65);
  });
});
