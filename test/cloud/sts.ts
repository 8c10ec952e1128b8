/**
 * A simulated STS. It verifies signatures, trust, external IDs, MFA codes and durations as STS does, and sends the same
 * error messages.
 */
import { ACCOUNT, assumed, type Iam, type Principal } from "./iam.ts";
import { type LoopbackServer, type Reaction, serve, type TestResponse } from "./server.ts";
import { isSignedWith, type ReceivedRequest, readScope } from "./sigv4.ts";

export interface StsCall {
  readonly action: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The region that the request was signed for. */
  readonly region: string | undefined;
  /** The ARN of the signer. */
  readonly caller: string | undefined;
  readonly host: string;
  readonly userAgent: string;
}

export interface SimulatedSts extends LoopbackServer {
  /** All requests in the order of arrival, including rejected ones. */
  readonly calls: readonly StsCall[];
  /** Sets the reactions to the next requests, in order, instead of regular responses. */
  react(...reactions: readonly Reaction[]): void;
  /** Whether every response, or the response to these calls, is the error ServiceUnavailable. */
  down: boolean | ((call: StsCall) => boolean);
  /** Removes the reactions that are left. */
  clearReactions(): void;
  /** Milliseconds that its clock is ahead of this machine's. */
  clockSkewMs: number;
  /** Seconds that sessions last, instead of the requested duration, for credentials that expire soon. */
  sessionSeconds: number | undefined;
  /** Seconds for which sessions are accepted after they have expired, for clients that may be slow. */
  graceSeconds: number;
  /** Responses are held back until it is resolved. */
  hold: Promise<void> | undefined;
}

/** STS accepts signatures whose time is at most five minutes from that of its own clock. */
const MAX_SKEW_MS = 5 * 60 * 1000;

class StsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function startSts(iam: Iam): Promise<SimulatedSts> {
  const calls: StsCall[] = [];
  const reactions: Reaction[] = [];
  const sts = {
    calls,
    down: false as boolean | ((call: StsCall) => boolean),
    clockSkewMs: 0,
    sessionSeconds: undefined as number | undefined,
    graceSeconds: 0,
    hold: undefined as Promise<void> | undefined,
    react: (...next: readonly Reaction[]) => void reactions.push(...next),
    clearReactions: () => void reactions.splice(0),
  };
  const server = await serve(async (request) => {
    const call = readCall(request, iam);
    calls.push(call);
    await sts.hold;
    const isDown = typeof sts.down === "function" ? sts.down(call) : sts.down;
    const reaction = isDown ? errorResponse(503, "ServiceUnavailable", "STS is down") : reactions.shift();
    if (reaction !== undefined) return reaction;
    const now = new Date(Date.now() + sts.clockSkewMs);
    try {
      const { sessionSeconds, graceSeconds } = sts;
      return respond(call, request, { iam, now, sessionSeconds, graceSeconds });
    } catch (error) {
      if (!(error instanceof StsError)) throw error;
      return errorResponse(error.status, error.code, error.message, now);
    }
  });
  return Object.assign(sts, server);
}

interface Context {
  readonly iam: Iam;
  readonly now: Date;
  readonly sessionSeconds: number | undefined;
  readonly graceSeconds: number;
}

function readCall(request: ReceivedRequest, iam: Iam): StsCall {
  const parameters = Object.fromEntries(new URLSearchParams(request.body));
  const scope = readScope(request);
  return {
    action: parameters.Action ?? "",
    parameters,
    region: scope?.region,
    caller: scope === undefined ? undefined : iam.principal(scope.accessKeyId)?.arn,
    host: request.headers.host ?? "",
    userAgent: request.headers["user-agent"] ?? "",
  };
}

function respond(call: StsCall, request: ReceivedRequest, context: Context): TestResponse {
  switch (call.action) {
    case "AssumeRoleWithWebIdentity":
      return assumeRoleWithWebIdentity(call, context);
    case "AssumeRole":
      return assumeRole(call, authenticate(request, context), context);
    case "GetSessionToken":
      return getSessionToken(call, authenticate(request, context), context);
    case "GetCallerIdentity": {
      const { arn, userId } = authenticate(request, context);
      return result(
        "GetCallerIdentity",
        `${tag("Arn", arn)}${tag("UserId", userId)}${tag("Account", ACCOUNT)}`,
        context,
      );
    }
    default:
      throw new StsError(400, "InvalidAction", `Could not find operation ${call.action} for version 2011-06-15`);
  }
}

function authenticate(request: ReceivedRequest, { iam, now, graceSeconds }: Context): Principal {
  const scope = readScope(request);
  if (scope === undefined || scope.service !== "sts") {
    throw new StsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  }
  const principal = iam.principal(scope.accessKeyId);
  const token = request.headers["x-amz-security-token"];
  if (principal === undefined || principal.sessionToken !== token) {
    throw new StsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  if (!isSignedWith(principal.secretAccessKey, scope, request)) {
    // As with STS, the message quotes the request, including the session token.
    throw new StsError(
      403,
      "SignatureDoesNotMatch",
      `The request signature we calculated does not match the signature you provided.\n\nx-amz-security-token:${token ?? ""}`,
    );
  }
  const signedAt = parseAmzDate(request.headers["x-amz-date"] ?? "");
  if (Math.abs(signedAt.getTime() - now.getTime()) > MAX_SKEW_MS) {
    const when = `${amzDate(signedAt)} is now earlier than ${amzDate(new Date(now.getTime() - MAX_SKEW_MS))}`;
    throw new StsError(403, "SignatureDoesNotMatch", `Signature expired: ${when} (${amzDate(now)} - 5 min.)`);
  }
  if (principal.expiration !== undefined && principal.expiration.getTime() + graceSeconds * 1000 <= now.getTime()) {
    throw new StsError(403, "ExpiredToken", "The security token included in the request is expired");
  }
  return principal;
}

function assumeRole({ parameters }: StsCall, caller: Principal, context: Context): TestResponse {
  const arn = parameters.RoleArn ?? "";
  const role = context.iam.role(arn);
  const denied = () =>
    new StsError(
      403,
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  const name = sessionName(parameters);
  validateExternalId(parameters);
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(arn)) throw new StsError(400, "ValidationError", `${arn} is invalid`);
  if (role === undefined) throw denied();
  const trusted = role.trusts.includes("*") || role.trusts.includes(caller.roleArn ?? caller.arn);
  if (!trusted) throw denied();
  if (role.externalId !== undefined && role.externalId !== parameters.ExternalId) throw denied();
  const mfa = useMfa(parameters, context.iam);
  if (role.mfa === true && !mfa && caller.mfa !== true) throw denied();
  const seconds = duration(parameters, role.maxDuration ?? 3600);
  if (caller.roleArn !== undefined && seconds > 3600) {
    throw new StsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  return roleSession("AssumeRole", role.name, name, seconds, context, caller.roleArn !== undefined);
}

function assumeRoleWithWebIdentity({ parameters }: StsCall, context: Context): TestResponse {
  const role = context.iam.role(parameters.RoleArn ?? "");
  const name = sessionName(parameters);
  if (role?.webIdentityToken === undefined) {
    throw new StsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  if (role.webIdentityToken !== parameters.WebIdentityToken) {
    throw new StsError(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
  }
  return roleSession("AssumeRoleWithWebIdentity", role.name, name, duration(parameters, 3600), context);
}

function getSessionToken({ parameters }: StsCall, caller: Principal, context: Context): TestResponse {
  if (caller.sessionToken !== undefined) {
    throw new StsError(403, "AccessDenied", "Cannot call GetSessionToken with session credentials");
  }
  const mfa = useMfa(parameters, context.iam);
  const seconds = context.sessionSeconds ?? duration(parameters, 129_600, 43_200);
  const session = context.iam.startSession({ arn: caller.arn, userId: caller.userId, mfa }, seconds);
  return result("GetSessionToken", credentialsXml(session), context);
}

function useMfa({ SerialNumber, TokenCode }: StsCall["parameters"], iam: Iam): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  if (SerialNumber !== undefined && TokenCode !== undefined && iam.useMfaCode(SerialNumber, TokenCode)) return true;
  throw new StsError(403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ");
}

function sessionName({ RoleSessionName = "" }: StsCall["parameters"]): string {
  if (/^[\w+=,.@-]{2,64}$/.test(RoleSessionName)) return RoleSessionName;
  throw new StsError(400, "ValidationError", `1 validation error detected: Value at 'roleSessionName' is wrong`);
}

/** As in the STS API reference: `[\w+=,.@:\/-]*`, 2 to 1224 characters. */
function validateExternalId({ ExternalId }: StsCall["parameters"]): void {
  if (ExternalId === undefined || /^[\w+=,.@:/-]{2,1224}$/.test(ExternalId)) return;
  throw new StsError(400, "ValidationError", "1 validation error detected: Value at 'externalId' is wrong");
}

function duration({ DurationSeconds }: StsCall["parameters"], max: number, byDefault = 3600): number {
  if (DurationSeconds === undefined) return byDefault;
  const seconds = Number(DurationSeconds);
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= max) return seconds;
  throw new StsError(
    400,
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );
}

function roleSession(
  action: string,
  role: string,
  name: string,
  seconds: number,
  context: Context,
  chained = false,
): TestResponse {
  const user = assumed(role, name);
  const session = context.iam.startSession({ ...user, chained }, context.sessionSeconds ?? seconds);
  const userXml = `<AssumedRoleUser>${tag("AssumedRoleId", user.userId)}${tag("Arn", user.arn)}</AssumedRoleUser>`;
  return result(action, `${userXml}${credentialsXml(session)}`, context);
}

function credentialsXml({ accessKeyId, secretAccessKey, sessionToken, expiration }: Principal): string {
  return `<Credentials>${tag("AccessKeyId", accessKeyId)}${tag("SecretAccessKey", secretAccessKey)}${tag("SessionToken", sessionToken ?? "")}${tag("Expiration", (expiration ?? new Date()).toISOString().replace(".000Z", "Z"))}</Credentials>`;
}

function result(action: string, content: string, { now }: Context): TestResponse {
  return {
    headers: { "content-type": "text/xml", date: now.toUTCString() },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result><ResponseMetadata>${tag("RequestId", REQUEST_ID)}</ResponseMetadata></${action}Response>`,
  };
}

const REQUEST_ID = "01234567-89ab-cdef-0123-456789abcdef";

/** An error response in the format of STS. */
export function errorResponse(status: number, code: string, message: string, now = new Date()): TestResponse {
  return {
    status,
    headers: { "content-type": "text/xml", date: now.toUTCString() },
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>${tag("Type", "Sender")}${tag("Code", code)}${tag("Message", message)}</Error>${tag("RequestId", REQUEST_ID)}</ErrorResponse>`,
  };
}

function tag(name: string, text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}

function parseAmzDate(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function amzDate(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, "");
}
