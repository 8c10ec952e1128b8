/**
 * The client of the EC2 instance metadata service (IMDS). It follows botocore's `InstanceMetadataFetcher`: it requests
 * a token first (IMDSv2) and works without one (IMDSv1) if there is none and the settings allow it. Never uses a proxy,
 * which would see the credentials.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { HttpClient, HttpLimits, HttpResponse } from "../domain/http.ts";
import { VERSION } from "../domain/version.ts";
import { HttpError } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { equalJitterDelay } from "../text/backoff.ts";
import { joinUrl } from "../text/url.ts";
import { MetadataError, requestError } from "./error.ts";
import { parseBody, readCredentials } from "./response.ts";

export interface ImdsSettings {
  /** The base URL. */
  readonly endpoint: string;
  /** Milliseconds until the service has accepted the connection. */
  readonly connectMs: number;
  /** Milliseconds from then until the response is complete. */
  readonly responseMs: number;
  /** The maximum number of attempts for each request. */
  readonly attempts: number;
  /** The same, once there has been a response, which shows that the service exists. */
  readonly attemptsAfterResponse: number;
  /** At least this many attempts if the service is busy: HTTP 429 or 5xx, or a connection that is closed or refused. */
  readonly attemptsWhileBusy: number;
  /** Whether to use IMDSv1 if there is no token. */
  readonly v1: boolean;
  /** False to use IMDSv1 without requesting a token. */
  readonly v2?: boolean;
}

export interface ImdsDependencies {
  readonly http: HttpClient;
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Called with one line for each request. */
  trace(line: string): void;
}

export interface Imds {
  /** @throws MetadataError */
  credentials(): Promise<Credentials & { readonly roleName: string }>;
  /** @throws MetadataError */
  region(): Promise<string>;
}

const SERVICE = "the EC2 instance metadata service";

const TOKEN_PATH = "latest/api/token";
/** Six hours, the maximum, as in botocore. */
const TOKEN_TTL_SECONDS = "21600";
const ROLE_PATH = "latest/meta-data/iam/security-credentials/";
const REGION_PATH = "latest/meta-data/placement/region";

/** Far more than any response needs: they have a few hundred bytes. */
const MAX_BYTES = 1024 * 1024;

/** The four delays between five attempts add up to three seconds on average. */
const BACKOFF = { baseMs: 250, maxMs: 2000 };

/** Sends no request before one of the functions is called. */
export function openImds(settings: ImdsSettings, { http, sleep, trace }: ImdsDependencies): Imds {
  const session: Session = { settings, http, sleep, trace, hasResponded: false, wasBusyToTheEnd: false };
  // All requests share one token, including concurrent ones.
  let token: Promise<string | undefined> | undefined;
  const get = async (path: string, isExpected: (response: HttpResponse) => boolean): Promise<HttpResponse> => {
    token ??= settings.v2 === false ? Promise.resolve(undefined) : getToken(session);
    const used = token;
    try {
      return await getWithRetries(session, path, await used, isExpected);
    } catch (error) {
      if (!isTokenRejected(error, await used)) throw error;
      session.trace("IMDS: the token is no longer valid; requesting a new one");
      // Another request may have replaced it in the meantime.
      if (token === used)
        token = requestToken(session).then((result) => ("token" in result ? result.token : undefined));
      const replaced = await token;
      if (replaced === undefined) throw error;
      return await getWithRetries(session, path, replaced, isExpected);
    }
  };
  return {
    async credentials() {
      const roleName = firstLine(await get(ROLE_PATH, hasRoleName));
      const { body } = await get(`${ROLE_PATH}${pathSegment(roleName)}`, hasJson);
      const credentials = readCredentials(body, SERVICE, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]);
      return { ...credentials, roleName };
    },
    async region() {
      return firstLine(await get(REGION_PATH, hasBody));
    },
  };
}

/** A role name may contain `+=,.@`. They stay unencoded, as in the AWS CLI. */
function pathSegment(name: string): string {
  return encodeURIComponent(name).replace(/%(2B|3D|2C|40)/g, decodeURIComponent);
}

interface Session extends ImdsDependencies {
  readonly settings: ImdsSettings;
  /** Whether there has been any response. */
  hasResponded: boolean;
  /** Whether the service was busy at every attempt of a request. Later requests then do not wait for it. */
  wasBusyToTheEnd: boolean;
}

/**
 * The IMDSv2 token.
 *
 * @returns undefined if there is none and IMDSv1 can be tried.
 * @throws MetadataError if there is none and IMDSv1 cannot work or is disabled.
 */
async function getToken(session: Session): Promise<string | undefined> {
  const result = await requestToken(session);
  if ("token" in result) return result.token;
  const { why, error } = result;
  if (!session.settings.v1) {
    const message = `could not get an IMDSv2 token (${why}), and IMDSv1 is disabled`;
    throw new MetadataError("v1-forbidden", message, error, error?.response);
  }
  session.trace(`IMDS: could not get an IMDSv2 token (${why}); trying IMDSv1`);
  return undefined;
}

interface NoToken {
  /** A few words, such as `HTTP 404`. */
  readonly why: string;
  /** Undefined if no request was sent. */
  readonly error: MetadataError | undefined;
}

async function requestToken(session: Session): Promise<{ readonly token: string } | NoToken> {
  let noToken: NoToken = { why: "no request was sent", error: undefined };
  let isBusy = false;
  for (let attempt = 1; attempt <= maxAttempts(session, isBusy); attempt++) {
    await pauseBefore(attempt, session);
    try {
      const headers = { "x-aws-ec2-metadata-token-ttl-seconds": TOKEN_TTL_SECONDS };
      const response = await send(session, "PUT", TOKEN_PATH, headers);
      const token = new TextDecoder().decode(response.body);
      // The token must be usable as a header.
      if (response.status === 200 && /^[\x21-\x7e]+$/.test(token)) return { token };
      if (response.status === 400) {
        const message = `${SERVICE} rejected the request for a token (HTTP 400)`;
        throw new MetadataError("unexpected-response", message, undefined, response);
      }
      noToken = { why: describeResponse(response), error: unexpectedResponse(response, `PUT /${TOKEN_PATH}`) };
      isBusy = isBusyResponse(response);
      // The service does not support tokens or refuses them. Another attempt would change nothing.
      if ([403, 404, 405].includes(response.status)) return noToken;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const failure = requestError(serviceAt(session), error);
      noToken = { why: error.message, error: failure };
      isBusy = isBusyError(error, session);
      // In a container on an instance with a hop limit of 1, the connection succeeds, but the token does not arrive.
      if (error.kind === "response-timeout") return noToken;
      // If the address is unreachable for IMDSv2, it is unreachable for IMDSv1. (The AWS CLI waits for IMDSv1 as well.)
      if (failure.reason === "unreachable" && attempt >= maxAttempts(session, isBusy)) throw failure;
    }
  }
  session.wasBusyToTheEnd ||= isBusy;
  return noToken;
}

async function getWithRetries(
  session: Session,
  path: string,
  token: string | undefined,
  isExpected: (response: HttpResponse) => boolean,
): Promise<HttpResponse> {
  const headers = token === undefined ? {} : { "x-aws-ec2-metadata-token": token };
  let failure: MetadataError | undefined;
  let isBusy = false;
  for (let attempt = 1; attempt <= maxAttempts(session, isBusy); attempt++) {
    await pauseBefore(attempt, session);
    try {
      const response = await send(session, "GET", path, headers);
      if (isExpected(response)) return response;
      failure = responseError(response, path, token !== undefined);
      // Another attempt with the same token, or without one, would change nothing.
      if (response.status === 401) throw failure;
      isBusy = isBusyResponse(response);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      failure = requestError(serviceAt(session), error);
      isBusy = isBusyError(error, session);
    }
  }
  session.wasBusyToTheEnd ||= isBusy;
  throw failure ?? new MetadataError("unreachable", "no request was sent to the EC2 instance metadata service");
}

function maxAttempts({ settings, hasResponded, wasBusyToTheEnd }: Session, isBusy: boolean): number {
  if (isBusy && wasBusyToTheEnd) return 1;
  const attempts = hasResponded ? settings.attemptsAfterResponse : settings.attempts;
  return isBusy ? Math.max(attempts, settings.attemptsWhileBusy) : attempts;
}

/** While an instance boots, the service returns 503. It limits requests with 429. */
function isBusyResponse(response: HttpResponse): boolean {
  return (response.status === 429 || response.status >= 500) && !isFromIntermediary(response);
}

/** False until the service has responded once: before that, it may not exist. */
function isBusyError({ kind }: HttpError, { hasResponded }: Session): boolean {
  return hasResponded && (kind === "reset" || kind === "refused");
}

function isTokenRejected(error: unknown, token: string | undefined): boolean {
  return token !== undefined && error instanceof MetadataError && error.response?.status === 401;
}

/** botocore retries without a pause. IMDS throttles requests, and the EC2 documentation says to retry with backoff. */
async function pauseBefore(attempt: number, { sleep }: Session): Promise<void> {
  if (attempt > 1) await sleep(equalJitterDelay(attempt - 1, BACKOFF, Math.random()));
}

/** @throws HttpError */
async function send(
  session: Session,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const { endpoint, connectMs, responseMs } = session.settings;
  const limits: HttpLimits = { connectMs, responseMs, totalMs: connectMs + responseMs, maxBytes: MAX_BYTES };
  const url = joinUrl(endpoint, path);
  const started = performance.now();
  const traceResult = (result: string) =>
    session.trace(`IMDS ${method} ${url}: ${result}, ${Math.round(performance.now() - started)} ms`);
  try {
    const response = await session.http.request(
      { method, url, headers: { "user-agent": `rolecall/${VERSION}`, ...headers } },
      limits,
    );
    session.hasResponded = true;
    traceResult(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    traceResult(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function hasBody({ status, body }: HttpResponse): boolean {
  return status === 200 && body.length > 0;
}

/** The characters and the length that IAM allows in a role name. */
function hasRoleName(response: HttpResponse): boolean {
  return hasBody(response) && /^[\w+=,.@-]{1,64}$/.test(firstLine(response));
}

function hasJson(response: HttpResponse): boolean {
  return hasBody(response) && parseBody(response.body) !== undefined;
}

function firstLine({ body }: HttpResponse): string {
  return new TextDecoder().decode(body).split("\n", 1)[0]?.trim() ?? "";
}

function responseError(response: HttpResponse, path: string, hadToken: boolean): MetadataError {
  const { status, body } = response;
  if (path === ROLE_PATH && (status === 404 || (status === 200 && body.length === 0))) {
    return new MetadataError("no-role", "the EC2 instance has no role", undefined, response);
  }
  if (status === 401 && !hadToken) {
    const message = `${SERVICE} requires an IMDSv2 token (HTTP 401), but did not send one`;
    return new MetadataError("token-missing", message, undefined, response);
  }
  return unexpectedResponse(response, `GET /${path}`);
}

/** @param request method and path, such as `GET /latest/api/token`. */
function unexpectedResponse(response: HttpResponse, request: string): MetadataError {
  const message = isFromIntermediary(response)
    ? `a proxy or captive portal responded to ${request} instead of ${SERVICE} (HTTP ${response.status})`
    : `${SERVICE} returned ${describeResponse(response)} for ${request}`;
  return new MetadataError("unexpected-response", message, undefined, response);
}

function describeResponse({ status }: HttpResponse): string {
  return status === 200 ? "an unreadable response" : `HTTP ${status}`;
}

function serviceAt({ settings }: Session): string {
  return `${SERVICE} at ${settings.endpoint}`;
}
