/**
 * Delays between attempts: exponential backoff with jitter, so that clients that fail together do not retry together.
 * The two kinds of jitter are those of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 */

export interface Backoff {
  /** Milliseconds: the upper limit of the delay after the first failed attempt. Each further failure doubles it. */
  readonly baseMs: number;
  /** Milliseconds: the upper limit of every delay. */
  readonly maxMs: number;
}

/**
 * A delay between zero and the upper limit, as botocore and the AWS SDKs use it to retry a request.
 *
 * @param failures how many attempts have failed so far, at least 1.
 * @param random from 0 up to 1.
 * @returns milliseconds.
 */
export function fullJitterDelay(failures: number, backoff: Backoff, random: number): number {
  return random * upperLimit(failures, backoff);
}

/**
 * A delay between half of the upper limit and all of it, for a caller that must not retry at once.
 *
 * @param failures how many attempts have failed so far, at least 1.
 * @param random from 0 up to 1.
 * @returns milliseconds.
 */
export function equalJitterDelay(failures: number, backoff: Backoff, random: number): number {
  return ((1 + random) / 2) * upperLimit(failures, backoff);
}

function upperLimit(failures: number, { baseMs, maxMs }: Backoff): number {
  return Math.min(maxMs, baseMs * 2 ** (failures - 1));
}
