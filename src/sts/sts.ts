/** The calls of STS that rolecall makes, over the AWS SDK. This file is loaded only when one is really made. */
import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { withProgress } from "../domain/progress.ts";
import { VERSION } from "../domain/version.ts";
import type { StsSettings } from "../plan/plan.ts";
import { accountIdOf } from "../text/arn.ts";
import { endpointOf, endpointOptions } from "./endpoint.ts";
import type { CallOrigins, FailedCall } from "./failed_call.ts";
import { sdkHttpHandler } from "./http_handler.ts";
import { stsError } from "./sts_error.ts";

export interface Sts {
  /** @throws RolecallError `sts-denied`, `sts-rejected` or `sts-unreachable`. */
  assumeRole(request: AssumeRoleRequest, caller: Credentials, origins: CallOrigins): Promise<RoleSession>;
  /**
   * Unsigned: the token is all that STS asks for.
   *
   * @throws RolecallError as `assumeRole`.
   */
  assumeRoleWithWebIdentity(request: WebIdentityRequest, origins: CallOrigins): Promise<RoleSession>;
  /** @throws RolecallError as `assumeRole`. */
  sessionToken(request: SessionTokenRequest, caller: Credentials, origins: CallOrigins): Promise<RoleSession>;
  /** @throws RolecallError as `assumeRole`. */
  callerIdentity(caller: Credentials, origins: CallOrigins): Promise<CallerIdentity>;
}

/** Who the caller is from now on, and with which credentials. */
export interface RoleSession {
  readonly credentials: Credentials;
  readonly assumedRoleUser: { readonly id: string; readonly arn: string } | undefined;
}

/** The parameters of AssumeRole under STS's own names. */
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

/** The parameters of AssumeRoleWithWebIdentity under STS's own names. */
export interface WebIdentityRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly WebIdentityToken: string;
}

/** The parameters of GetSessionToken under STS's own names. */
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
  /** Of one call, the first included. */
  readonly attempts: number;
  /** PEM certificates to trust in place of the built-in ones. */
  readonly ca: string | undefined;
}

/**
 * @param settings of the plan, the region decided.
 * @param region that requests are signed for.
 */
export function connectSts(settings: StsSettings, region: string, calls: CallSettings, effects: Effects): Sts {
  const send = async <Answer>(call: Call<Answer>): Promise<Answer> => {
    refuseUnsendable(call.caller);
    const handler = sdkHttpHandler(effects, calls.ca);
    const client = stsClient(settings, region, calls.attempts, call.caller, handler, effects);
    const start = effects.now().getTime();
    const done = (end: string) =>
      effects.trace(`STS ${call.what} at ${handler.lastUrl()}: ${end} after ${effects.now().getTime() - start} ms`);
    try {
      // The SDK would refuse the same, in words that nobody could place.
      endpointOf(client, settings, region);
      const answer = await withProgress(effects, `STS in ${region}`, () => call.send(client));
      done("answered");
      return answer;
    } catch (error) {
      done("failed");
      const secrets = [call.caller?.secretAccessKey, call.caller?.sessionToken, call.token];
      throw stsError(error, {
        ...call,
        url: handler.lastUrl(),
        region: { value: region, from: settings.region.from },
        clock: handler.lastClockOffset(),
        secrets,
      });
    } finally {
      client.destroy();
    }
  };
  return {
    async assumeRole(request, caller, origins) {
      const what = `AssumeRole ${request.RoleArn}`;
      return roleSession(
        await send({ what, request, caller, origins, send: (client) => client.send(new AssumeRoleCommand(request)) }),
        what,
      );
    },
    async assumeRoleWithWebIdentity(request, origins) {
      const what = `AssumeRoleWithWebIdentity ${request.RoleArn}`;
      return roleSession(
        await send({
          what,
          request,
          origins,
          token: request.WebIdentityToken,
          send: (client) => client.send(new AssumeRoleWithWebIdentityCommand(request)),
        }),
        what,
      );
    },
    async sessionToken(request, caller, origins) {
      const what = "GetSessionToken";
      return roleSession(
        await send({
          what,
          request,
          caller,
          origins,
          send: (client) => client.send(new GetSessionTokenCommand(request)),
        }),
        what,
      );
    },
    async callerIdentity(caller, origins) {
      const answer = await send({
        what: "GetCallerIdentity",
        request: {},
        caller,
        origins,
        send: (client) => client.send(new GetCallerIdentityCommand({})),
      });
      return { account: answer.Account ?? "", arn: answer.Arn ?? "", userId: answer.UserId ?? "" };
    },
  };
}

/** Key id and token go into headers; the secret goes nowhere. */
function refuseUnsendable(caller: Credentials | undefined): void {
  const sent = { "access key id": caller?.accessKeyId, "session token": caller?.sessionToken };
  for (const [what, value = ""] of Object.entries(sent)) {
    if (/^[\x21-\x7e]*$/.test(value)) continue;
    throw new RolecallError("unsafe-value", `the ${what} has a character that no request can carry`, {
      help: ["credentials of AWS have no blanks, line breaks or accents: was it copied whole, and nothing else?"],
    });
  }
}

interface Call<Answer> extends Pick<FailedCall, "what" | "request" | "origins" | "caller" | "token"> {
  send(client: STSClient): Promise<Answer>;
}

/**
 * Everything that the SDK would look up by itself (files, variables) is given, so that the plan stays the only one who
 * decides.
 */
function stsClient(
  settings: StsSettings,
  region: string,
  attempts: number,
  caller: Credentials | undefined,
  requestHandler: ReturnType<typeof sdkHttpHandler>,
  effects: Effects,
): STSClient {
  return new STSClient({
    ...endpointOptions(settings, region),
    // An unsigned call has no caller; without any the SDK would go and look for credentials itself.
    credentials: {
      accessKeyId: caller?.accessKeyId ?? "",
      secretAccessKey: caller?.secretAccessKey ?? "",
      ...(caller?.sessionToken === undefined ? {} : { sessionToken: caller.sessionToken }),
    },
    ignoreConfiguredEndpointUrls: true,
    requestHandler,
    maxAttempts: attempts,
    retryMode: "standard",
    defaultsMode: "legacy",
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
    disableClockSkewCorrection: false,
    userAgentAppId: effects.environment.AWS_SDK_UA_APP_ID ?? "",
    customUserAgent: [["rolecall", VERSION]],
  });
}

/** What both ways to assume a role answer with. */
type AssumedRole = Partial<Pick<AssumeRoleCommandOutput, "Credentials" | "AssumedRoleUser">>;

function roleSession({ Credentials: credentials, AssumedRoleUser: user }: AssumedRole, what: string): RoleSession {
  if (!credentials?.AccessKeyId || !credentials.SecretAccessKey || !credentials.SessionToken) {
    throw new RolecallError("sts-unreachable", `STS answered ${what} without credentials`);
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
