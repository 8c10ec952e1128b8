/** The container credentials endpoint, as botocore's `ContainerMetadataFetcher` talks to it. Never through a proxy. */
import type { Credentials } from "../domain/credentials.ts";
import { VERSION } from "../domain/version.ts";
import { HttpError } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { type HttpLimits, type HttpResponse, httpRequest } from "../http/request.ts";
import { equalJitterDelay } from "../text/backoff.ts";
import { MetadataError } from "./error.ts";
import { parseBody, readCredentials, reportedError } from "./response.ts";

const WHO = "the container credentials endpoint";
/** The AWS CLI's: two seconds for the connection, and again for the answer. */
const LIMITS: HttpLimits = { connectMs: 2000, responseMs: 2000, totalMs: 4000, maxBytes: 1024 * 1024 };
const ATTEMPTS = 3;
/** For whoever only wants to know whether it is there. */
export const PROBE_RETRY_POLICY: RetryPolicy = { attempts: 1, limits: { ...LIMITS, connectMs: 1000, totalMs: 3000 } };
/** The AWS CLI waits one second each time. */
const BACKOFF = { baseMs: 1000, maxMs: 2000 };

/** How long, and how often, the endpoint is asked. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly limits: HttpLimits;
}

export interface ContainerDependencies {
  /** The `Authorization` header; called before each request, since the token may be replaced at any time. */
  authorization(): string | undefined;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  trace(line: string): void;
}

/**
 * Asks for credentials, up to three times.
 *
 * @param patience another than the AWS CLI's.
 * @throws MetadataError of the last attempt, or whatever `authorization` throws.
 */
export async function fetchContainerCredentials(
  url: string,
  needs: ContainerDependencies,
  patience: RetryPolicy = { attempts: ATTEMPTS, limits: LIMITS },
): Promise<Credentials> {
  for (let attempt = 1; ; attempt++) {
    const authorization = needs.authorization();
    const started = performance.now();
    const done = (what: string) =>
      needs.trace(`container GET ${url}: ${what}, ${Math.round(performance.now() - started)} ms`);
    try {
      const body = await ask(url, authorization, patience.limits);
      done("answered");
      return readCredentials(body, WHO, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      done(error.failure.message);
      if (attempt === patience.attempts) throw error.failure;
      await needs.sleep(equalJitterDelay(attempt, BACKOFF, Math.random()));
    }
  }
}

/** A failure that is worth another attempt. */
class Unavailable extends Error {
  readonly failure: MetadataError;

  constructor(failure: MetadataError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** @returns the body of a good answer, some JSON object. */
async function ask(url: string, authorization: string | undefined, limits: HttpLimits): Promise<Uint8Array> {
  const headers = {
    accept: "application/json",
    "user-agent": `rolecall/${VERSION}`,
    ...(authorization === undefined ? {} : { authorization }),
  };
  const answer = await send(url, headers, limits);
  const { status, body } = answer;
  const object = parseBody(body);
  if (status === 200 && object !== undefined) return body;
  throw new Unavailable(reportedError(object, `${WHO} (HTTP ${status})`) ?? wrongAnswer(answer));
}

function wrongAnswer(answer: HttpResponse): MetadataError {
  const what = answer.status === 200 ? "something that is no JSON object" : `HTTP ${answer.status}`;
  const message = isFromIntermediary(answer)
    ? `a proxy or a captive portal answered in place of ${WHO} (HTTP ${answer.status})`
    : `${WHO} answered ${what}`;
  return new MetadataError("unexpected-response", message, undefined, answer);
}

async function send(url: string, headers: Readonly<Record<string, string>>, limits: HttpLimits): Promise<HttpResponse> {
  try {
    return await httpRequest({ method: "GET", url, headers }, limits);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const reason = error.kind === "response-timeout" ? "no-response" : "unreachable";
    throw new Unavailable(new MetadataError(reason, `${WHO} at ${new URL(url).host}: ${error.message}`, error));
  }
}
