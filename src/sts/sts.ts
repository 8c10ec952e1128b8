/** The STS calls that rolecall makes. Imported only for a call, because the parts of the AWS SDK load slowly. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { swapKeys } from "../domain/help_texts.ts";
import { withProgress } from "../domain/progress.ts";
import { attemptText } from "../http/service_limits.ts";
import type { StsSettings } from "../plan/plan.ts";
import { accountIdOf } from "../text/arn.ts";
import { callSts, type OperationName, type Outputs } from "./client.ts";
import { stsEndpoint } from "./endpoint.ts";
import type { CallOrigins, FailedCall } from "./failed_call.ts";
import { stsTransport } from "./transport.ts";

export interface Sts {
  /** @throws RolecallError `sts-denied`, `sts-rejected` or `sts-unreachable`. */
  assumeRole(request: AssumeRoleRequest, caller: Credentials, origins: CallOrigins): Promise<RoleSession>;
  /**
   * The request is unsigned: STS requires only the token.
   *
   * @throws RolecallError as `assumeRole`.
   */
  assumeRoleWithWebIdentity(request: WebIdentityRequest, origins: CallOrigins): Promise<RoleSession>;
  /** @throws RolecallError as `assumeRole`. */
  sessionToken(request: SessionTokenRequest, caller: Credentials, origins: CallOrigins): Promise<RoleSession>;
  /** @throws RolecallError as `assumeRole`. */
  callerIdentity(caller: Credentials, origins: CallOrigins): Promise<CallerIdentity>;
}

/** The credentials of a session, and the session's identity if a role was assumed. */
export interface RoleSession {
  readonly credentials: Credentials;
  readonly assumedRoleUser: { readonly id: string; readonly arn: string } | undefined;
}

/** The parameters of AssumeRole, under their names in the STS API. */
export interface AssumeRoleRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
  /** Seconds. */
  readonly DurationSeconds?: number;
  readonly SerialNumber?: string;
  readonly TokenCode?: string;
  /** JSON. */
  readonly Policy?: string;
  readonly PolicyArns?: { arn: string }[];
  readonly Tags?: { Key: string; Value: string }[];
  readonly TransitiveTagKeys?: string[];
  readonly SourceIdentity?: string;
}

/** The parameters of AssumeRoleWithWebIdentity, under their names in the STS API. */
export interface WebIdentityRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
}

/** The parameters of GetSessionToken, under their names in the STS API. */
export interface SessionTokenRequest {
  readonly SerialNumber: string;
  readonly TokenCode: string;
  /** Seconds. */
  readonly DurationSeconds: number;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

export interface CallSettings {
  /** The maximum number of attempts for one call, including the first. */
  readonly attempts: number;
  /** PEM certificates to trust instead of the built-in ones. */
  readonly ca: string | undefined;
}

/**
 * Creates a client.
 *
 * @param region the region whose endpoint is used. Requests are signed for it, unless the endpoint is the global one.
 */
export function connectSts(settings: StsSettings, region: string, calls: CallSettings, effects: Effects): Sts {
  const send = async <Name extends OperationName>(operation: Name, call: Call): Promise<Outputs[Name]> => {
    requireSendable(call.caller, settings.endpoint === undefined);
    const transport = stsTransport(effects, calls.ca);
    const start = effects.now().getTime();
    const { environment } = effects;
    const endpoint = stsEndpoint(settings, region);
    const traceResult = (result: "succeeded" | "failed") => {
      effects.trace(
        `STS ${call.what} at ${transport.lastUrl()}: ${result} after ${effects.now().getTime() - start} ms`,
      );
    };
    const client = { endpoint, attempts: calls.attempts, caller: call.caller, environment, send: transport.send };
    try {
      const response = await withProgress(
        effects,
        `STS in ${region}`,
        () => callSts(operation, call.request, client),
        () => attemptText(transport.attempt(), calls.attempts),
      );
      traceResult("succeeded");
      return response;
    } catch (error) {
      traceResult("failed");
      const secrets = [call.caller?.secretAccessKey, call.caller?.sessionToken, call.token];
      const { stsError } = await import("./sts_error.ts");
      throw stsError(error, {
        ...call,
        url: transport.lastUrl(),
        endpoint: settings.endpoint,
        region: { value: region, from: settings.region.from },
        signingRegion: endpoint.signingRegion,
        isFromSts: transport.lastIsFromSts(),
        clock: transport.lastClockOffset(),
        secrets,
      });
    }
  };
  return {
    async assumeRole(request, caller, origins) {
      const what = `AssumeRole ${request.RoleArn}`;
      return roleSession(await send("AssumeRole", { what, request, caller, origins }), what);
    },
    async assumeRoleWithWebIdentity(request, origins) {
      const what = `AssumeRoleWithWebIdentity ${request.RoleArn}`;
      const { WebIdentityToken: token } = request;
      return roleSession(await send("AssumeRoleWithWebIdentity", { what, request, origins, token }), what);
    },
    async sessionToken(request, caller, origins) {
      const what = "GetSessionToken";
      return roleSession(await send("GetSessionToken", { what, request, caller, origins }), what);
    },
    async callerIdentity(caller, origins) {
      const what = "GetCallerIdentity";
      const response = await send("GetCallerIdentity", { what, request: {}, caller, origins });
      return { account: response.Account ?? "", arn: response.Arn ?? "", userId: response.UserId ?? "" };
    },
  };
}

/**
 * Rejects an access key ID or a session token that cannot be sent in a header. The secret access key is never sent.
 *
 * @param toAws whether the endpoint is AWS's own. AWS quotes the ID in its error, and an ID with lower-case letters may
 * be a secret.
 */
function requireSendable(caller: Credentials | undefined, toAws: boolean): void {
  const sent = { "access key ID": caller?.accessKeyId, "session token": caller?.sessionToken };
  for (const [what, value = ""] of Object.entries(sent)) {
    if (/^[\x21-\x7e]*$/.test(value)) continue;
    throw new RolecallError("unsafe-value", `the ${what} contains a character that cannot be sent in a header`, {
      help: ["copy it again: AWS credentials contain no spaces, line breaks or accented letters"],
    });
  }
  if (toAws && /[a-z]/.test(caller?.accessKeyId ?? "")) {
    throw new RolecallError(
      "unsafe-value",
      "the access key ID contains lower-case letters, which AWS's IDs never contain",
      {
        help: [swapKeys("the access key ID and the secret access key")],
      },
    );
  }
}

type Call = Pick<FailedCall, "what" | "request" | "origins" | "caller" | "token">;

/** The part of the response that AssumeRole, AssumeRoleWithWebIdentity and GetSessionToken share. */
type SessionResponse = Partial<Pick<Outputs["AssumeRole"], "Credentials" | "AssumedRoleUser">>;

function roleSession({ Credentials: credentials, AssumedRoleUser: user }: SessionResponse, what: string): RoleSession {
  // The SDK reads a missing or malformed time as undefined or as an invalid date.
  const isComplete = (time: Date | undefined): time is Date => time !== undefined && !Number.isNaN(time.getTime());
  const isText = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";
  if (
    credentials === undefined ||
    !isText(credentials.AccessKeyId) ||
    !isText(credentials.SecretAccessKey) ||
    !isText(credentials.SessionToken) ||
    !isComplete(credentials.Expiration)
  ) {
    throw new RolecallError("sts-unreachable", `${what}: the response of STS has no credentials`);
  }
  return {
    credentials: {
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.SessionToken,
      expiration: credentials.Expiration,
      accountId: accountIdOf(user?.Arn),
    },
    assumedRoleUser: user?.AssumedRoleId && user.Arn ? { id: user.AssumedRoleId, arn: user.Arn } : undefined,
  };
}
