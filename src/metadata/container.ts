/**
 * The client of the container credentials endpoint. It follows botocore's `ContainerMetadataFetcher`. Never uses a
 * proxy.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { HttpClient, HttpLimits, HttpResponse } from "../domain/http.ts";
import { VERSION } from "../domain/version.ts";
import { HttpError } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { equalJitterDelay } from "../text/backoff.ts";
import { redactPath } from "../text/url.ts";
import { MetadataError, requestError } from "./error.ts";
import { parseBody, readCredentials, reportedError } from "./response.ts";

/** The maximum number of attempts, and the limits of each. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly limits: HttpLimits;
}

const SERVICE = "the container credentials endpoint";

/** botocore's: three attempts, with two seconds for the connection and two for the response. */
const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 3,
  limits: { connectMs: 2000, responseMs: 2000, totalMs: 4000, maxBytes: 1024 * 1024 },
};

/** For `probe`, which must not keep a person waiting. */
export const PROBE_RETRY_POLICY: RetryPolicy = {
  attempts: 1,
  limits: { ...DEFAULT_RETRY_POLICY.limits, connectMs: 1000, totalMs: 3000 },
};

/** botocore sleeps for one second between attempts. */
const BACKOFF = { baseMs: 1000, maxMs: 2000 };

export interface ContainerDependencies {
  readonly http: HttpClient;
  /** The `Authorization` header. Called before each attempt, because the token can be replaced at any time. */
  authorization(): string | undefined;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  trace(line: string): void;
}

/**
 * Requests credentials.
 *
 * @param url the endpoint, which has been validated.
 * @throws MetadataError of the last attempt, or what `authorization` throws.
 */
export async function fetchContainerCredentials(
  url: string,
  { http, authorization, sleep, trace }: ContainerDependencies,
  { attempts, limits }: RetryPolicy = DEFAULT_RETRY_POLICY,
): Promise<Credentials> {
  for (let attempt = 1; ; attempt++) {
    const token = authorization();
    const started = performance.now();
    const traceResult = (result: string) =>
      trace(`container GET ${redactPath(url)}: ${result}, ${Math.round(performance.now() - started)} ms`);
    try {
      const body = await request(http, url, token, limits);
      traceResult("HTTP 200");
      return readCredentials(body, SERVICE, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      traceResult(error.message);
      if (attempt === attempts) throw error.cause;
      await sleep(equalJitterDelay(attempt, BACKOFF, Math.random()));
    }
  }
}

/** Wraps an error after which another attempt is made. */
class RetryableError extends Error {
  override readonly cause: MetadataError;

  constructor(cause: MetadataError) {
    super(cause.message);
    this.cause = cause;
  }
}

/** @returns the body of a response with status 200 and a JSON object. */
async function request(
  http: HttpClient,
  url: string,
  authorization: string | undefined,
  limits: HttpLimits,
): Promise<Uint8Array> {
  const headers = {
    accept: "application/json",
    "user-agent": `rolecall/${VERSION}`,
    ...(authorization === undefined ? {} : { authorization }),
  };
  const response = await send(http, url, headers, limits);
  const { status, body } = response;
  const json = parseBody(body);
  if (status === 200 && json !== undefined) return body;
  throw new RetryableError(
    reportedError(json, `${SERVICE} (HTTP ${status})`, response) ?? unexpectedResponse(response),
  );
}

function unexpectedResponse(response: HttpResponse): MetadataError {
  const { status } = response;
  const message = isFromIntermediary(response)
    ? `a proxy or captive portal responded instead of ${SERVICE} (HTTP ${status})`
    : `${SERVICE} returned ${status === 200 ? "a response that is not a JSON object" : `HTTP ${status}`}`;
  return new MetadataError("unexpected-response", message, undefined, response);
}

async function send(
  http: HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  limits: HttpLimits,
): Promise<HttpResponse> {
  try {
    return await http.request({ method: "GET", url, headers }, limits);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw new RetryableError(requestError(`${SERVICE} at ${new URL(url).host}`, error));
  }
}
