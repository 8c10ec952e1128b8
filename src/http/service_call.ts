/** Unsigned JSON calls of AWS services, with limits, retries and the configured proxy. */
import type { Effects } from "../domain/effects.ts";
import type { HttpRequest, HttpResponse } from "../domain/http.ts";
import { withProgress } from "../domain/progress.ts";
import { fullJitterDelay } from "../text/backoff.ts";
import { type JsonObject, parseJsonObject } from "../text/json_object.ts";
import { type ClockOffset, clockOffset } from "./clock_offset.ts";
import { HttpError, isTransient } from "./error.ts";
import { isFromIntermediary } from "./intermediary.ts";
import { proxyFor } from "./proxy.ts";
import { attemptText, SERVICE_LIMITS } from "./service_limits.ts";

/** Statuses and delays of botocore's retry mode `standard`. */
const RETRIED_STATUSES = [429, 500, 502, 503, 504];
const BACKOFF = { baseMs: 1000, maxMs: 20_000 };

export interface ServiceResponse {
  readonly status: number;
  /** The JSON object in the response; empty if the response is not a JSON object. */
  readonly body: JsonObject;
  /** Whether a proxy, a captive portal or another server responded instead of the service. */
  readonly isIntercepted: boolean;
  /** The name of the exception, from the header `x-amzn-ErrorType`. */
  readonly errorType: string | undefined;
  /** How far this machine's clock is off, by the response's `Date` header. */
  readonly clockOffset: ClockOffset | undefined;
}

/**
 * Sends a request, up to `attempts` times, and reads the response as JSON.
 *
 * @param attempts the maximum number of attempts, including the first.
 * @throws HttpError of the last attempt.
 * @throws RolecallError `invalid-setting` for a proxy that is not a URL.
 */
export async function callService(request: HttpRequest, attempts: number, effects: Effects): Promise<ServiceResponse> {
  const url = new URL(request.url);
  const proxy = proxyFor(url, effects.environment);
  let attempt = 0;
  const send = () =>
    sendWithRetries({ ...request, proxy: proxy?.value }, attempts, effects, (current) => {
      attempt = current;
    });
  return await withProgress(effects, url.host, send, () => attemptText(attempt, attempts));
}

async function sendWithRetries(
  request: HttpRequest,
  attempts: number,
  effects: Effects,
  onAttempt: (attempt: number) => void,
): Promise<ServiceResponse> {
  for (let attempt = 1; ; attempt++) {
    onAttempt(attempt);
    const response = await sendOnce(request, effects);
    const retry = response instanceof HttpError ? isTransient(response) : RETRIED_STATUSES.includes(response.status);
    if (!retry || attempt >= attempts) {
      if (response instanceof HttpError) throw response;
      const body = parseJsonObject(new TextDecoder().decode(response.body));
      const { status, headers } = response;
      return {
        status,
        body: body ?? {},
        isIntercepted: body === undefined && isForeign(response),
        // The name may be followed by a colon and the URL of its definition.
        errorType: headers["x-amzn-errortype"]?.split(":")[0],
        clockOffset: clockOffset(response, effects.now()),
      };
    }
    await effects.sleep(fullJitterDelay(attempt, BACKOFF, Math.random()));
  }
}

/** Whether a response that is not JSON is from another server than the service. */
function isForeign(response: HttpResponse): boolean {
  return response.body.length > 0 || isFromIntermediary(response);
}

async function sendOnce(request: HttpRequest, effects: Effects): Promise<HttpResponse | HttpError> {
  const { origin, pathname } = new URL(request.url);
  const started = performance.now();
  const done = (what: string) =>
    effects.trace(`${request.method} ${origin}${pathname}: ${what}, ${Math.round(performance.now() - started)} ms`);
  try {
    const response = await effects.http.request(request, SERVICE_LIMITS);
    done(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    done(error.message);
    return error;
  }
}
