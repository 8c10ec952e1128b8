/**
 * The EC2 instance metadata service, as botocore's `InstanceMetadataFetcher` talks to it: a token first (IMDSv2), and
 * without one, where that is allowed, the old way (IMDSv1). Never through a proxy: it would see the credentials.
 */
import type { Credentials } from "../domain/credentials.ts";
import { VERSION } from "../domain/version.ts";
import { HttpError } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { type HttpLimits, type HttpResponse, httpRequest } from "../http/request.ts";
import { fullJitterDelay } from "../text/backoff.ts";
import { joinUrl } from "../text/url.ts";
import { MetadataError } from "./error.ts";
import { parseBody, readCredentials } from "./response.ts";

export interface ImdsSettings {
  /** The base URL. */
  readonly endpoint: string;
  /** Milliseconds until the service has to have taken a connection. */
  readonly connectMs: number;
  /** Milliseconds from then on until it has to have answered. */
  readonly responseMs: number;
  /** How often each request is tried. */
  readonly attempts: number;
  /** How often, once the service has answered anything at all. */
  readonly attemptsAfterResponse: number;
  /** Whether to go on without a token. */
  readonly v1: boolean;
  /** False: no token is asked for (IMDSv1 alone). */
  readonly v2?: boolean;
}

export interface Imds {
  /** @throws MetadataError */
  credentials(): Promise<Credentials & { readonly roleName: string }>;
  /** @throws MetadataError */
  region(): Promise<string>;
}

const TOKEN_PATH = "latest/api/token";
/** Seconds; the AWS CLI's: six hours, the longest there is. */
const TOKEN_TTL = "21600";
const ROLE_PATH = "latest/meta-data/iam/security-credentials/";
const REGION_PATH = "latest/meta-data/placement/region";
const WHO = "the EC2 instance metadata";

/** Metadata answers have a few hundred bytes. */
const MAX_BYTES = 1024 * 1024;

const BACKOFF = { baseMs: 200, maxMs: 1000 };

export interface ImdsDependencies {
  /** @param ms milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Gets one line for each request. */
  trace(line: string): void;
}

/** Sends nothing before one of the functions is called. */
export function openImds(settings: ImdsSettings, { sleep, trace }: ImdsDependencies): Imds {
  const service: Service = { settings, sleep, trace, answered: false };
  // One token serves every request, also those that run at the same time.
  let token: Promise<string | undefined> | undefined;
  const get = async (path: string, accept: (answer: HttpResponse) => boolean): Promise<HttpResponse> => {
    token ??= settings.v2 === false ? Promise.resolve(undefined) : fetchToken(service);
    return await getRetried(service, path, await token, accept);
  };
  return {
    async credentials() {
      const list = await get(ROLE_PATH, hasRoleName);
      const roleName = firstLine(list);
      const answer = await get(`${ROLE_PATH}${pathSegment(roleName)}`, hasJson);
      return {
        ...readCredentials(answer.body, WHO, ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"]),
        roleName,
      };
    },
    async region() {
      return firstLine(await get(REGION_PATH, hasBody));
    },
  };
}

/** A role's name may have `+=,.@`, which go as they are: the AWS CLI sends them so. */
function pathSegment(name: string): string {
  return encodeURIComponent(name).replace(/%(2B|3D|2C|40)/g, decodeURIComponent);
}

interface Service extends ImdsDependencies {
  readonly settings: ImdsSettings;
  /** Whether anything sits there. */
  answered: boolean;
}

/**
 * The IMDSv2 token; undefined where there is none and IMDSv1 is to be tried.
 *
 * @throws MetadataError where neither will do.
 */
async function fetchToken(service: Service): Promise<string | undefined> {
  const tried = await tryForToken(service);
  if ("token" in tried) return tried.token;
  const { why, failure } = tried;
  if (!service.settings.v1) {
    throw new MetadataError(
      "v1-forbidden",
      `${WHO} gave no IMDSv2 token (${why}), and IMDSv1 is forbidden`,
      failure,
      failure?.response,
    );
  }
  service.trace(`IMDS: no IMDSv2 token (${why}); going on with IMDSv1`);
  return undefined;
}

/** Why there is no token: in a few words, and as the failure that it would be by itself. */
interface NoToken {
  readonly why: string;
  readonly failure: MetadataError | undefined;
}

async function tryForToken(service: Service): Promise<{ readonly token: string } | NoToken> {
  let without: NoToken = { why: "it was not asked", failure: undefined };
  for (let attempt = 1; attempt <= attemptsOf(service); attempt++) {
    await pauseBefore(attempt, service);
    try {
      const answer = await request(service, "PUT", TOKEN_PATH, { "x-aws-ec2-metadata-token-ttl-seconds": TOKEN_TTL });
      const token = new TextDecoder().decode(answer.body);
      // What cannot be sent back as a header is no token.
      if (answer.status === 200 && /^[\x21-\x7e]+$/.test(token)) return { token };
      if (answer.status === 400) {
        throw new MetadataError("unexpected-response", `${WHO} refused to give a token (HTTP 400)`, undefined, answer);
      }
      without = { why: whatCame(answer), failure: wrongAnswer(answer, `PUT /${TOKEN_PATH}`) };
      // It knows no tokens, or gives none to us: asking again changes nothing.
      if ([403, 404, 405].includes(answer.status)) return without;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      without = { why: error.message, failure: silent(error) };
      // A connection but no answer: on an instance with a hop limit of 1 that is what a container sees.
      if (error.kind === "response-timeout") return without;
      // Where nobody takes a connection for IMDSv2, nobody does for IMDSv1. (The AWS CLI tries, and waits once more.)
      if (isUnreachable(error) && attempt >= attemptsOf(service)) throw unreachable(service, error);
    }
  }
  return without;
}

async function getRetried(
  service: Service,
  path: string,
  token: string | undefined,
  accept: (answer: HttpResponse) => boolean,
): Promise<HttpResponse> {
  const headers = token === undefined ? {} : { "x-aws-ec2-metadata-token": token };
  let failure: MetadataError | undefined;
  for (let attempt = 1; attempt <= attemptsOf(service); attempt++) {
    await pauseBefore(attempt, service);
    try {
      const answer = await request(service, "GET", path, headers);
      if (accept(answer)) return answer;
      failure = unaccepted(answer, path, token !== undefined);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      failure = isUnreachable(error) ? unreachable(service, error) : silent(error);
    }
  }
  throw failure ?? new MetadataError("unreachable", `${WHO} was not asked`);
}

/** The AWS CLI retries at once; the EC2 documentation asks for backoff, since requests to IMDS are throttled. */
async function pauseBefore(attempt: number, { sleep }: Service): Promise<void> {
  if (attempt > 1) await sleep(fullJitterDelay(attempt - 1, BACKOFF, Math.random()));
}

function attemptsOf({ settings, answered }: Service): number {
  return answered ? settings.attemptsAfterResponse : settings.attempts;
}

async function request(
  service: Service,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const { endpoint, connectMs, responseMs } = service.settings;
  const limits: HttpLimits = { connectMs, responseMs, totalMs: connectMs + responseMs, maxBytes: MAX_BYTES };
  const url = joinUrl(endpoint, path);
  const started = performance.now();
  const done = (what: string) =>
    service.trace(`IMDS ${method} ${url}: ${what}, ${Math.round(performance.now() - started)} ms`);
  try {
    const answer = await httpRequest(
      { method, url, headers: { "user-agent": `rolecall/${VERSION}`, ...headers } },
      limits,
    );
    service.answered = true;
    done(`HTTP ${answer.status}`);
    return answer;
  } catch (error) {
    done(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function hasBody(answer: HttpResponse): boolean {
  return answer.status === 200 && answer.body.length > 0;
}

/** The names that IAM lets a role have. */
function hasRoleName(answer: HttpResponse): boolean {
  return hasBody(answer) && /^[\w+=,.@-]{1,64}$/.test(firstLine(answer));
}

function hasJson(answer: HttpResponse): boolean {
  return hasBody(answer) && parseBody(answer.body) !== undefined;
}

function firstLine(answer: HttpResponse): string {
  return new TextDecoder().decode(answer.body).split("\n", 1)[0]?.trim() ?? "";
}

function unaccepted(answer: HttpResponse, path: string, hadToken: boolean): MetadataError {
  if (path === ROLE_PATH && (answer.status === 404 || (answer.status === 200 && answer.body.length === 0))) {
    return new MetadataError("no-role", "the EC2 instance has no role", undefined, answer);
  }
  if (answer.status === 401 && !hadToken) {
    const message = `${WHO} answered HTTP 401: it wants an IMDSv2 token, and gave none`;
    return new MetadataError("token-missing", message, undefined, answer);
  }
  return wrongAnswer(answer, `GET /${path}`);
}

function wrongAnswer(answer: HttpResponse, asked: string): MetadataError {
  const message = isFromIntermediary(answer)
    ? `a proxy or a captive portal answered ${asked} in place of ${WHO} (HTTP ${answer.status})`
    : `${WHO} answered ${whatCame(answer)} to ${asked}`;
  return new MetadataError("unexpected-response", message, undefined, answer);
}

function whatCame({ status }: HttpResponse): string {
  return status === 200 ? "something that cannot be read" : `HTTP ${status}`;
}

function silent(failure: HttpError): MetadataError {
  return new MetadataError("no-response", `${WHO}: ${failure.message}`, failure);
}

function isUnreachable(failure: HttpError): boolean {
  return ["connect-timeout", "refused", "unreachable", "forbidden", "dns"].includes(failure.kind);
}

function unreachable({ settings }: Service, failure: HttpError): MetadataError {
  return new MetadataError("unreachable", `nothing answers at ${settings.endpoint}: ${failure.message}`, failure);
}
