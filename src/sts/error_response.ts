/** Explains the error responses of STS, by error code: what each means, which setting it is about, and what to do. */
import { tokenMismatch } from "../domain/credentials.ts";
import { CHECK_TOKEN_WRITER } from "../domain/help_texts.ts";
import { describeOrigin, type Sourced } from "../domain/origin.ts";
import { describeClockOffset, MAX_CLOCK_OFFSET_SECONDS } from "../http/clock_offset.ts";
import { cacheNotes } from "../plan/signer.ts";
import { explainAccessDenied } from "./access_denied.ts";
import type { ExplainedError, FailedCall, StsErrorResponse } from "./failed_call.ts";
import { readJwt } from "./jwt.ts";

/** @returns undefined if the message of STS needs no explanation. */
export function explainErrorResponse(response: StsErrorResponse, call: FailedCall): ExplainedError | undefined {
  const scope = /Credential should be scoped to (?:a valid|correct|the) (\w+)/i.exec(response.message)?.[1];
  if (scope !== undefined) return explainScope(scope, call);
  if (isClockError(response, call)) return explainClock(call);
  const { tokenFile } = call.origins;
  // The SDK adds `Exception` to the error codes that its model has, and only to those.
  const code = response.name.replace(/Exception$/, "");
  const tokenError = TOKEN_ERRORS.get(code);
  if (tokenFile !== undefined && tokenError !== undefined) return explainToken(tokenError, call, tokenFile);
  switch (code) {
    case "AccessDenied":
      return isMfaError(response) ? explainMfa(call) : explainAccessDenied(response, call);
    case "ExpiredToken":
      return explainSigner(call, (who) => `the session token of ${who} has expired`, call.origins.signer?.refreshHelp);
    case "InvalidClientTokenId":
      return explainSigner(
        call,
        (who) => `STS does not know the access key of ${who}`,
        optInHelp(call),
        unknownKeyHelp(call),
      );
    case "SignatureDoesNotMatch":
      return explainSigner(
        call,
        (who) => `the secret access key of ${who} does not match its access key ID`,
        "copy both keys again from the same source, without missing or extra characters",
      );
    case "RegionDisabled":
      return explainRegion(call);
    case "ValidationError":
      return explainDuration(response, call);
    default:
      return undefined;
  }
}

/**
 * The endpoint belongs to another region or service than the request was signed for. The secret key is not the cause,
 * although the error code is that of a wrong signature.
 */
function explainScope(scope: string, { what, url, endpoint, region, signingRegion }: FailedCall): ExplainedError {
  const { from } = endpoint ?? region;
  const at = "default" in from ? undefined : from;
  const length = at === undefined ? undefined : (endpoint ?? region).value.length;
  const endpointOrigin = endpoint === undefined ? `of the region ${region.value}` : describeOrigin(endpoint.from);
  const signingOrigin =
    signingRegion === region.value ? describeOrigin(region.from) : `of the global endpoint, not ${region.value}`;
  const notes = [
    `the endpoint is ${url} (${endpointOrigin})`,
    `the signing region is ${signingRegion} (${signingOrigin})`,
  ];
  if (scope.toLowerCase() === "service") {
    return {
      message: `${what}: ${url} is not an endpoint of STS`,
      at,
      length,
      notes,
      help: ["set the endpoint of STS: AWS_ENDPOINT_URL_STS, or the section services of the profile"],
      denied: false,
    };
  }
  return {
    message: `${what}: the endpoint ${url} does not accept requests that are signed for the region ${signingRegion}`,
    at,
    length,
    notes,
    help: [
      "use the region of the endpoint: --region, AWS_REGION or the profile's region",
      ...(endpoint === undefined ? [] : ["or remove the endpoint, so that the endpoint of the region is used"]),
    ],
    denied: false,
  };
}

function explainSigner(
  { origins, what }: FailedCall,
  message: (who: string) => string,
  ...help: readonly (string | undefined)[]
): ExplainedError | undefined {
  const { signer } = origins;
  if (signer === undefined) return undefined;
  return {
    message: message(signer.what),
    at: signer.at,
    notes: [`the request was ${what}`, ...cacheNotes(signer)],
    help: help.filter((line) => line !== undefined),
    denied: true,
  };
}

/**
 * The regions of the partition aws that every account has. All others are opt-in: AWS has enabled no region by default
 * since March 2019. https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
const DEFAULT_REGIONS: ReadonlySet<string> = new Set([
  ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1", "eu-north-1"],
  ...["eu-west-1", "eu-west-2", "eu-west-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
]);

/** In an opt-in region, STS rejects the credentials of an account that has not enabled the region. */
function optInHelp({ endpoint, region: { value: region } }: FailedCall): string | undefined {
  const isOptIn = /^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-[0-9]+$/.test(region) && !DEFAULT_REGIONS.has(region);
  if (endpoint !== undefined && !endpoint.value.includes(region)) return undefined;
  return isOptIn
    ? `enable the region ${region} for the account (it is an opt-in region), or use another one: --region us-east-1`
    : undefined;
}

function unknownKeyHelp({ caller }: FailedCall): string {
  switch (caller && tokenMismatch(caller)) {
    case "foreign":
      return "remove the session token: the access key of a user (AKIA…) has none";
    case "missing":
      return "add the session token: a temporary access key (ASIA…) requires one";
    case undefined:
      return "check that the access key exists, is active and belongs to this partition (China and GovCloud have their own)";
  }
}

/** Signatures are valid for five minutes, by the clock of STS. */
function isClockError({ name, message }: StsErrorResponse, { clock }: FailedCall): boolean {
  if (name === "RequestExpired" || name === "RequestTimeTooSkewed") return true;
  if (name !== "SignatureDoesNotMatch" && name !== "InvalidSignatureException") return false;
  return (
    /Signature (expired|not yet current)/.test(message) || Math.abs(clock?.seconds ?? 0) > MAX_CLOCK_OFFSET_SECONDS
  );
}

/** The SDK has already corrected for the clock and retried once. */
function explainClock({ clock, what }: FailedCall): ExplainedError {
  const offset = clock === undefined ? "this machine's clock is wrong" : describeClockOffset(clock);
  return {
    message: `${what}: ${offset}, and STS rejects requests that are more than 5 minutes off`,
    notes: [],
    help: ["set this machine's clock; in a container or virtual machine, set the clock of the host"],
    denied: true,
  };
}

function isMfaError({ message }: StsErrorResponse): boolean {
  return message.startsWith("MultiFactorAuthentication failed");
}

function explainMfa({ request, origins, what }: FailedCall): ExplainedError {
  const serial = origins.step?.mfaSerial;
  return {
    message: `${what}: STS rejected the MFA code of ${request.SerialNumber ?? "the device"}`,
    at: serial?.from ?? origins.at,
    length: serial?.value.length,
    notes: [],
    help: [
      "wait for the next code: a code is valid for one request only",
      "check that the code is from this device, and that the clock of the device or program that generates it is right",
    ],
    denied: true,
  };
}

function explainRegion({ region, what }: FailedCall): ExplainedError {
  return {
    message: `${what}: STS is not activated for this account in the region ${region.value}`,
    ...("default" in region.from ? {} : { at: region.from, length: region.value.length }),
    notes: [],
    help: [
      "use a region in which STS is active: --region us-east-1, or AWS_REGION",
      "or activate it in the IAM console: Account settings, Security Token Service (STS)",
    ],
    denied: true,
  };
}

function explainDuration({ message }: StsErrorResponse, { origins, what }: FailedCall): ExplainedError | undefined {
  const duration = origins.step?.durationSeconds;
  if (duration === undefined || !message.includes("DurationSeconds")) return undefined;
  return {
    message: `${what}: STS rejected the session duration of ${duration.value} seconds`,
    at: duration.from,
    length: String(duration.value).length,
    notes: [],
    help: [
      "use a shorter duration, or raise the role's maximum session duration: aws iam update-role --max-session-duration",
    ],
    denied: false,
  };
}

interface TokenError {
  /** Completes the sentence "the token in FILE …". */
  readonly predicate: string;
  /** Whether the name of the role follows. */
  readonly isAboutRole?: boolean;
  /** Whether the error is about the caller, as in `ExplainedError`. */
  readonly denied: boolean;
  readonly help: readonly string[];
}

/** The error codes that are about the web identity token of AssumeRoleWithWebIdentity. */
const TOKEN_ERRORS: ReadonlyMap<string, TokenError> = new Map<string, TokenError>([
  ["ExpiredToken", { predicate: "has expired", denied: false, help: [CHECK_TOKEN_WRITER] }],
  [
    "InvalidIdentityToken",
    {
      predicate: "was rejected by STS",
      denied: false,
      help: [
        "check that IAM has an identity provider for the token's issuer, and that its audiences include the token's audience",
      ],
    },
  ],
  [
    "IDPRejectedClaim",
    {
      predicate: "was rejected by the identity provider that issued it",
      denied: true,
      help: ["get a new token: this one may have been revoked"],
    },
  ],
  [
    "IDPCommunicationError",
    {
      predicate: "could not be verified: STS cannot reach the identity provider that issued it",
      denied: false,
      help: ["make the issuer's /.well-known/openid-configuration reachable from the internet"],
    },
  ],
  [
    "AccessDenied",
    {
      predicate: "is not allowed to assume the role",
      isAboutRole: true,
      denied: true,
      help: [
        "check that the role's trust policy allows sts:AssumeRoleWithWebIdentity to the token's identity provider",
        "check that the conditions of that policy match the token's subject (on EKS the service account) and audience",
        "check that the role exists: STS sends the same response if it does not",
      ],
    },
  ],
]);

function explainToken(
  { predicate, isAboutRole = false, denied, help }: TokenError,
  { token, request }: FailedCall,
  file: Sourced<string>,
): ExplainedError {
  const claims = readJwt(token ?? "");
  return {
    message: `the token in ${file.value} ${predicate}${isAboutRole ? ` ${request.RoleArn}` : ""}`,
    at: file.from,
    length: file.value.length,
    notes: [
      ...(claims === undefined ? ["the file does not contain a JSON Web Token"] : []),
      ...(claims?.issuer === undefined ? [] : [`the token's issuer is ${claims.issuer}`]),
      ...(claims?.expiration === undefined
        ? []
        : [`the token's expiration time is ${claims.expiration.toISOString()}`]),
    ],
    help,
    denied,
  };
}
