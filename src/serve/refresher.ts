/**
 * Keeps credentials in memory and refreshes them in the background before they expire, with one attempt at a time. A
 * request is always served from memory: SDKs wait two seconds for the container endpoint, try three times and give up.
 */
import type { Credentials } from "../domain/credentials.ts";
import { equalJitterDelay } from "../text/backoff.ts";

/** What is served at a moment: credentials and when they expire, or why there are none. */
export type Served = { readonly credentials: Credentials; readonly expiration: Date } | NotServed;

/** Why there are no credentials: an error code and its message. */
export interface NotServed {
  readonly code: string;
  readonly message: string;
}

export interface Refresher {
  now(): Served;
  /**
   * Reads the credentials again if their files have changed.
   *
   * @returns undefined if nothing has changed; otherwise a promise that is settled after the refresh, or when a client
   *   would not wait any longer.
   */
  readChanges(): Promise<void> | undefined;
  /** Resolves with the first credentials. Rejects with an error for which `isTemporary` is false. */
  readonly first: Promise<Credentials>;
  /** Starts no further refresh. */
  stop(): void;
}

export interface RefresherDependencies {
  /**
   * Gets new credentials, without prompting.
   *
   * @param minTtl seconds for which they should be valid. Cached credentials that expire sooner are not enough.
   */
  refresh(minTtl: number): Promise<Credentials>;
  now(): Date;
  /** Returns a number from 0 up to 1, as `Math.random`. */
  random(): number;
  /**
   * Calls a function once.
   *
   * @param ms the delay in milliseconds.
   * @returns a function that cancels the timer.
   */
  setTimer(ms: number, call: () => void): () => void;
  /** Whether the credentials are keys in files, which another program can replace at any time. */
  isFromFiles(): boolean;
  /** Whether these files have changed since the last call of `refresh`. */
  haveFilesChanged(): boolean;
  /** Whether to try again after an error of `refresh` while there have never been any credentials. */
  isTemporary(error: unknown): boolean;
  /** Describes an error of `refresh`, to be served if there are no valid credentials. */
  describeError(error: unknown): NotServed;
  trace(line: string): void;
  warn(line: string): void;
}

/** The dependencies that only tests replace. */
export const SYSTEM_TIMER: Pick<RefresherDependencies, "random" | "setTimer"> = {
  random: Math.random,
  setTimer(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * SDKs refresh at every call if fewer than 15 minutes are left. With fewer than 20, botocore assumes an outage of the
 * EC2 metadata service and keeps its old credentials. So credentials are refreshed before that.
 */
const REFRESH_WINDOW_MS = 25 * MINUTE_MS;
/** The lifetime that is assumed for keys that do not expire: they may have been rotated. */
const LONG_TERM_KEYS_LIFETIME_MS = 60 * MINUTE_MS;
/**
 * The same for keys from files. They are refreshed after half of it, so a change is found within a minute even if `stat`
 * does not show it. If they cannot be read any more, they are not served for longer.
 */
const FILE_LIFETIME_MS = 2 * MINUTE_MS;
/**
 * The lifetime that responses report for temporary keys whose expiration is unknown. Clients request new ones 15 minutes
 * before its end. It is more than 20 minutes because botocore extends EC2 credentials with less.
 */
const TEMPORARY_KEYS_LIFETIME_MS = 25 * MINUTE_MS;
/** SDKs wait for a response for one or two seconds. */
const MAX_WAIT_MS = 800;
/** Timers do not run while the machine sleeps, so the clock is checked at least this often. */
const MAX_TIMER_MS = MINUTE_MS;
/** Limits how often very short-lived credentials are refreshed. */
const MIN_TIMER_MS = SECOND_MS / 4;
/** With its jitter, retries come about every half minute in the end. */
const BACKOFF = { baseMs: SECOND_MS, maxMs: 40 * SECOND_MS };

/**
 * Starts to refresh the credentials.
 *
 * @param initial the credentials to serve until the first refresh, or why there are none yet.
 */
export function startRefresher(initial: Credentials | NotServed, dependencies: RefresherDependencies): Refresher {
  const { refresh, now, random, setTimer, isFromFiles, describeError, trace, warn } = dependencies;
  const received = (credentials: Credentials) => withLifetime(credentials, now(), isFromFiles());
  let current = "code" in initial ? undefined : received(initial);
  let lastError: NotServed | undefined;
  let failures = 0;
  let cancelTimer: () => void = () => {};
  let isStopped = false;
  let next: NextRefresh = current === undefined ? "running" : { atMs: refreshTime(current, random()) };
  let running: Promise<void> = Promise.resolve();
  let resolveFirst: (credentials: Credentials) => void = () => {};
  let rejectFirst: (error: unknown) => void = () => {};
  const first = new Promise<Credentials>((resolve, reject) => {
    resolveFirst = resolve;
    rejectFirst = reject;
  });
  // Only a caller that started without credentials waits for them.
  first.catch(() => {});

  const attempt = async (): Promise<void> => {
    const previous = current;
    try {
      const minTtl = previous === undefined ? 0 : refreshWindow(previous) / SECOND_MS;
      const refreshed = received(await refresh(minTtl));
      if (refreshed.expiresMs <= now().getTime()) {
        fail({ code: "credentials-expired", message: "the new credentials have already expired" });
        return;
      }
      current = refreshed;
      lastError = undefined;
      failures = 0;
      // A metadata service returns the same credentials until it has new ones.
      const isNewer = previous === undefined || refreshed.expiresMs > previous.expiresMs;
      next = isNewer ? { atMs: refreshTime(refreshed, random()) } : { afterMs: pollDelay(refreshed, now(), random()) };
      trace(describeRefreshed(refreshed));
      resolveFirst(refreshed.credentials);
    } catch (error) {
      if (current === undefined && !dependencies.isTemporary(error)) {
        stop();
        rejectFirst(error);
        return;
      }
      fail(describeError(error));
    }
  };

  const fail = (error: NotServed): void => {
    lastError = error;
    failures++;
    const delayMs = equalJitterDelay(failures, BACKOFF, random());
    next = { afterMs: delayMs };
    const seconds = Math.ceil(delayMs / SECOND_MS);
    const what = current === undefined ? "get" : "refresh";
    warn(`could not ${what} the credentials, trying again in ${seconds} s: ${error.code}: ${error.message}`);
  };

  const isDue = (): boolean => next !== "running" && "atMs" in next && now().getTime() >= next.atMs;

  const refreshNow = (): void => {
    cancelTimer();
    next = "running";
    running = attempt().then(schedule);
  };

  const haveChanged = (): boolean => !isStopped && isFromFiles() && dependencies.haveFilesChanged();

  const refreshIfDue = (): void => (isDue() || haveChanged() ? refreshNow() : schedule());

  /** A refresh that runs already may have read the files before they changed. */
  const refreshChanges = async (): Promise<void> => {
    if (next === "running") await running;
    if (!haveChanged()) return;
    if (next !== "running") refreshNow();
    await running;
  };

  const stop = (): void => {
    isStopped = true;
    cancelTimer();
  };

  const schedule = (): void => {
    if (isStopped || next === "running") return;
    const [delayMs, call] =
      "afterMs" in next ? [next.afterMs, refreshNow] : [next.atMs - now().getTime(), refreshIfDue];
    cancelTimer = setTimer(Math.max(MIN_TIMER_MS, Math.min(delayMs, MAX_TIMER_MS)), call);
  };
  if ("code" in initial) fail(initial);
  else resolveFirst(initial);
  schedule();

  return {
    first,
    readChanges() {
      if (!haveChanged()) return undefined;
      return new Promise((resolve) => {
        const cancel = setTimer(MAX_WAIT_MS, resolve);
        refreshChanges().then(() => {
          cancel();
          resolve();
        });
      });
    },
    now() {
      // After the machine has slept, the first request comes before the timer.
      if (!isStopped && isDue()) refreshNow();
      const expired = { code: "credentials-expired", message: "the credentials have expired and are being refreshed" };
      if (current === undefined) return lastError ?? expired;
      const time = now().getTime();
      const { credentials, expiresMs } = current;
      if (credentials.expiration === undefined && lastError === undefined) {
        return { credentials, expiration: new Date(time + reportedLifetime(credentials)) };
      }
      return expiresMs > time ? { credentials, expiration: new Date(expiresMs) } : (lastError ?? expired);
    },
    stop,
  };
}

/**
 * When the next refresh begins: at a time, in milliseconds since 1970, or after a delay. A delay is not converted to a
 * time, because the clock may be set back in the meantime.
 */
type NextRefresh = { readonly atMs: number } | { readonly afterMs: number } | "running";

/** Credentials and their lifetime, in milliseconds since 1970. */
interface CurrentCredentials {
  readonly credentials: Credentials;
  readonly receivedMs: number;
  readonly expiresMs: number;
}

function withLifetime(credentials: Credentials, now: Date, isFromFiles: boolean): CurrentCredentials {
  const receivedMs = now.getTime();
  const lifetimeMs = isFromFiles ? FILE_LIFETIME_MS : LONG_TERM_KEYS_LIFETIME_MS;
  return { credentials, receivedMs, expiresMs: credentials.expiration?.getTime() ?? receivedMs + lifetimeMs };
}

/** The lifetime, from now, that responses report for keys that have no expiration. */
function reportedLifetime({ sessionToken }: Credentials): number {
  return sessionToken === undefined ? LONG_TERM_KEYS_LIFETIME_MS : TEMPORARY_KEYS_LIFETIME_MS;
}

function describeRefreshed({ credentials: { expiration } }: CurrentCredentials): string {
  return `refreshed the credentials: they ${expiration === undefined ? "do not expire" : `expire at ${expiration.toISOString()}`}`;
}

/** Returns how many milliseconds before they expire the credentials are refreshed: at most half of their lifetime. */
function refreshWindow({ receivedMs, expiresMs }: CurrentCredentials): number {
  return Math.max(0, Math.min(REFRESH_WINDOW_MS, (expiresMs - receivedMs) / 2));
}

/** Up to a tenth of the window earlier, at random, so that many machines do not refresh at the same time. */
function refreshTime(current: CurrentCredentials, random: number): number {
  return current.expiresMs - refreshWindow(current) * (1 + random / 10);
}

/** Returns the delay until the next attempt if the source has no newer credentials yet. */
function pollDelay(current: CurrentCredentials, now: Date, random: number): number {
  const leftMs = current.expiresMs - now.getTime();
  return Math.max(SECOND_MS, Math.min(MINUTE_MS, leftMs / 4)) * (0.75 + random / 2);
}
