/** One call of an AWS service that speaks JSON and takes no signature: bounded, through the proxy, tried again. */
import type { Effects } from "../domain/effects.ts";
import { withProgress } from "../domain/progress.ts";
import { fullJitterDelay } from "../text/backoff.ts";
import { type JsonObject, parseJsonObject } from "../text/json_object.ts";
import { HttpError } from "./error.ts";
import { proxyFor } from "./proxy.ts";
import { type HttpLimits, type HttpRequest, type HttpResponse, httpRequest } from "./request.ts";

/** The contract: an attempt at an AWS service ends after 15 seconds, however slowly bytes come. */
export const SERVICE_LIMITS: HttpLimits = {
  connectMs: 15_000,
  responseMs: 15_000,
  totalMs: 15_000,
  maxBytes: 1024 * 1024,
};

/** The AWS SDKs' retry mode `standard`. */
const RETRIED = [429, 500, 502, 503, 504];
const BACKOFF = { baseMs: 1000, maxMs: 20_000 };

export interface ServiceResponse {
  readonly status: number;
  /** The JSON object of the body; empty where it is none. */
  readonly body: JsonObject;
}

/**
 * @param attempts how often it is tried, the first time included.
 * @throws HttpError of the last attempt.
 */
export async function callService(request: HttpRequest, attempts: number, effects: Effects): Promise<ServiceResponse> {
  const url = new URL(request.url);
  const proxy = proxyFor(url, effects.environment);
  return await withProgress(effects, url.host, () =>
    attemptAll({ ...request, proxy: proxy?.value }, attempts, effects),
  );
}

async function attemptAll(request: HttpRequest, attempts: number, effects: Effects): Promise<ServiceResponse> {
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptOnce(request, effects);
    const retry = answer instanceof HttpError || RETRIED.includes(answer.status);
    if (!retry || attempt >= attempts) {
      if (answer instanceof HttpError) throw answer;
      return { status: answer.status, body: parseJsonObject(new TextDecoder().decode(answer.body)) ?? {} };
    }
    await effects.sleep(fullJitterDelay(attempt, BACKOFF, Math.random()));
  }
}

async function attemptOnce(request: HttpRequest, effects: Effects): Promise<HttpResponse | HttpError> {
  const { origin, pathname } = new URL(request.url);
  const started = performance.now();
  const done = (what: string) =>
    effects.trace(`${request.method} ${origin}${pathname}: ${what}, ${Math.round(performance.now() - started)} ms`);
  try {
    const answer = await httpRequest(request, SERVICE_LIMITS);
    done(`HTTP ${answer.status}`);
    return answer;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    done(error.message);
    return error;
  }
}
