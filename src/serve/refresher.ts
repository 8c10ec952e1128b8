/**
 * Credentials that are always at hand and never stale: they are renewed ahead of their end, in the background, one
 * attempt at a time. Whoever asks gets what is in memory, at once: SDKs wait two seconds, three times, and give up.
 */
import type { Credentials } from "../domain/credentials.ts";
import { equalJitterDelay } from "../text/backoff.ts";

/** What is served now: credentials and when they end, or why there are none. */
export type Served =
  | { readonly credentials: Credentials; readonly expiration: Date }
  | { readonly code: string; readonly message: string };

export interface Refresher {
  now(): Served;
  /** Ends the renewals. */
  stop(): void;
}

export interface RefresherDependencies {
  /**
   * Gets credentials anew, without asking a person.
   *
   * @param minTtl seconds that they should have to live; older ones of the cache will not do.
   */
  refresh(minTtl: number): Promise<Credentials>;
  now(): Date;
  /** From 0 up to 1. */
  random(): number;
  /**
   * @param ms milliseconds.
   * @returns a function that takes it back.
   */
  setTimer(ms: number, call: () => void): () => void;
  /** What a failure was, for whoever asks while there are no credentials. */
  describeError(error: unknown): { readonly code: string; readonly message: string };
  trace(line: string): void;
  warn(line: string): void;
}

/** The part of the dependencies that only a test replaces. */
export const SYSTEM_TIMER: Pick<RefresherDependencies, "random" | "setTimer"> = {
  random: Math.random,
  setTimer(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/**
 * SDKs ask again at every call when fewer than 15 minutes are left, and with fewer than 20 botocore takes the EC2
 * metadata for troubled and goes on with the old credentials. So what they get has more, where it can.
 */
const RENEW_BEFORE_END = 25 * MINUTE;
/** Keys that do not end are looked up again all the same: someone may have exchanged them. */
const LIFE_OF_ENDLESS = 60 * MINUTE;
/** A machine may have slept: so long at the most is a timer trusted. */
const LONGEST_TIMER = MINUTE;
/** About twice a minute in the end. */
const BACKOFF = { baseMs: SECOND, maxMs: 40 * SECOND };
/** However short a life is, renewing must not become all there is to do. */
const SHORTEST_TIMER = SECOND / 4;

/** @param first the credentials to begin with. */
export function startRefresher(first: Credentials, needs: RefresherDependencies): Refresher {
  let held = hold(first, needs.now());
  let failure: ReturnType<RefresherDependencies["describeError"]> | undefined;
  let failures = 0;
  let cancel: () => void = () => {};
  let stopped = false;
  let next: Next = { at: renewalTime(held, needs.random()) };

  const attempt = async (): Promise<void> => {
    const before = held;
    try {
      const renewed = hold(await needs.refresh(windowOf(before) / SECOND), needs.now());
      if (renewed.end <= needs.now().getTime()) {
        failed({ code: "credentials-expired", message: "the new ones had already expired when they came" });
        return;
      }
      held = renewed;
      failure = undefined;
      failures = 0;
      // A metadata service hands out the same until it has new ones.
      const isNewer = renewed.end > before.end;
      next = isNewer ? { at: renewalTime(renewed, needs.random()) } : { after: pauseFor(renewed, needs) };
      needs.trace(`renewed: until ${new Date(renewed.end).toISOString()}`);
    } catch (error) {
      failed(needs.describeError(error));
    }
  };

  const failed = (why: ReturnType<RefresherDependencies["describeError"]>): void => {
    failure = why;
    failures++;
    const pause = equalJitterDelay(failures, BACKOFF, needs.random());
    next = { after: pause };
    needs.warn(
      `renewing the credentials failed, trying again in ${Math.ceil(pause / SECOND)} s: ${why.code}: ${why.message}`,
    );
  };

  const isDue = (): boolean => next !== "now" && "at" in next && needs.now().getTime() >= next.at;

  const renewNow = (): void => {
    next = "now";
    attempt().then(schedule);
  };

  const renewIfDue = (): void => (isDue() ? renewNow() : schedule());

  const schedule = (): void => {
    if (stopped || next === "now") return;
    const [wait, call] = "after" in next ? [next.after, renewNow] : [next.at - needs.now().getTime(), renewIfDue];
    cancel = needs.setTimer(Math.max(SHORTEST_TIMER, Math.min(wait, LONGEST_TIMER)), call);
  };
  schedule();

  return {
    now() {
      // A machine that has slept has not counted on: whoever asks first wakes the renewal, too.
      if (!stopped && isDue()) {
        cancel();
        renewNow();
      }
      const time = needs.now().getTime();
      if (held.credentials.expiration === undefined && failure === undefined) {
        return { credentials: held.credentials, expiration: new Date(time + LIFE_OF_ENDLESS) };
      }
      if (held.end > time) return { credentials: held.credentials, expiration: new Date(held.end) };
      return failure ?? { code: "credentials-expired", message: "the credentials have expired and are being renewed" };
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/**
 * When to renew: at a time of the clock, in so many milliseconds, or it is being done. A pause is not kept as a time,
 * because the clock may be set back meanwhile.
 */
type Next = { readonly at: number } | { readonly after: number } | "now";

/** Credentials, with the milliseconds at which they came and at which they end. */
interface Held {
  readonly credentials: Credentials;
  readonly since: number;
  readonly end: number;
}

function hold(credentials: Credentials, now: Date): Held {
  const since = now.getTime();
  return { credentials, since, end: credentials.expiration?.getTime() ?? since + LIFE_OF_ENDLESS };
}

/** How long before their end they are renewed: of a short life, half. */
function windowOf({ since, end }: Held): number {
  return Math.max(0, Math.min(RENEW_BEFORE_END, (end - since) / 2));
}

/** Up to a tenth of that earlier, so that many machines do not come at once. */
function renewalTime(held: Held, random: number): number {
  return held.end - windowOf(held) * (1 + random / 10);
}

/** Until the next look for newer ones. */
function pauseFor(held: Held, needs: RefresherDependencies): number {
  const left = held.end - needs.now().getTime();
  return Math.max(SECOND, Math.min(MINUTE, left / 4)) * (0.75 + needs.random() / 2);
}
