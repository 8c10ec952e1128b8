/** STS's refusals, by the name that it gives them: what each means, where to look, what to do. */
import { tokenMismatch } from "../domain/credentials.ts";
import { CHECK_TOKEN_WRITER } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { describeClockOffset, MAX_CLOCK_OFFSET } from "../http/clock_offset.ts";
import { explainAccessDenied } from "./access_denied.ts";
import type { ExplainedError, FailedCall, StsErrorResponse } from "./failed_call.ts";
import { readJwt } from "./jwt.ts";

/** @returns undefined for a refusal that says all there is to say itself. */
export function explainErrorResponse(refusal: StsErrorResponse, call: FailedCall): ExplainedError | undefined {
  if (isAboutTime(refusal, call)) return aboutTime(call);
  const { tokenFile } = call.origins;
  // The SDK adds `Exception` to the names of those that its model has, and only to them.
  const name = refusal.name.replace(/Exception$/, "");
  const aboutIt = TOKEN_REFUSALS[name];
  if (tokenFile !== undefined && aboutIt !== undefined) return aboutToken(aboutIt, call, tokenFile);
  switch (name) {
    case "AccessDenied":
      return isAboutMfa(refusal) ? aboutMfa(call) : explainAccessDenied(refusal, call);
    case "ExpiredToken":
      return aboutSigner(call, (who) => `the session token of ${who} has expired`, call.origins.signer?.renewHelp);
    case "InvalidClientTokenId":
      return aboutSigner(call, (who) => `STS does not know the access key of ${who}`, unknownKeyHelp(call));
    case "SignatureDoesNotMatch":
      return aboutSigner(
        call,
        (who) => `the secret access key of ${who} does not belong to its access key id`,
        "copy both anew, from the same place: nothing may be cut off, and no blank be added",
      );
    case "RegionDisabled":
      return aboutRegion(call);
    case "ValidationError":
      return aboutDuration(refusal, call);
    default:
      return undefined;
  }
}

function aboutSigner(
  { origins, what }: FailedCall,
  message: (who: string) => string,
  help: string | undefined,
): ExplainedError | undefined {
  const { signer } = origins;
  if (signer === undefined) return undefined;
  return {
    message: message(signer.what),
    at: signer.at,
    notes: [`the call was ${what}`],
    help: help === undefined ? [] : [help],
    denied: true,
  };
}

function unknownKeyHelp({ caller }: FailedCall): string {
  switch (caller && tokenMismatch(caller)) {
    case "foreign":
      return "a session token was sent with the key of a user (AKIA…), which has none: a leftover of other keys?";
    case "missing":
      return "a temporary key (ASIA…) was sent without its session token";
    case undefined:
      return "it was deleted or switched off, or is one of another partition (China, GovCloud)";
  }
}

/** Signatures are good for five minutes, by STS's clock. */
function isAboutTime({ name, message }: StsErrorResponse, { clock }: FailedCall): boolean {
  if (name === "RequestExpired" || name === "RequestTimeTooSkewed") return true;
  if (name !== "SignatureDoesNotMatch" && name !== "InvalidSignatureException") return false;
  return /Signature (expired|not yet current)/.test(message) || Math.abs(clock?.seconds ?? 0) > MAX_CLOCK_OFFSET;
}

/** rolecall has corrected for the clock once by now. */
function aboutTime({ clock, what }: FailedCall): ExplainedError {
  const off = clock === undefined ? "this machine's clock is wrong" : describeClockOffset(clock);
  return {
    message: `${what}: ${off}, and STS refuses what is more than 5 minutes off`,
    notes: [],
    help: ["set the clock; in a container or virtual machine, its host's"],
    denied: true,
  };
}

function isAboutMfa({ message }: StsErrorResponse): boolean {
  return message.startsWith("MultiFactorAuthentication failed");
}

function aboutMfa({ request, origins, what }: FailedCall): ExplainedError {
  const serial = origins.step?.mfaSerial;
  return {
    message: `${what}: the MFA code of ${request.SerialNumber ?? "the device"} was refused`,
    at: serial?.from ?? origins.at,
    length: serial?.value.length,
    notes: [],
    help: [
      "a code is good for one call: wait for the next one",
      "is it that device's? and is the clock right, of the device or of what makes the code?",
    ],
    denied: true,
  };
}

function aboutRegion({ region, what }: FailedCall): ExplainedError {
  return {
    message: `${what}: STS is switched off for this account in the region ${region.value}`,
    ...("default" in region.from ? {} : { at: region.from, length: region.value.length }),
    notes: [],
    help: [
      "use a region where it is on: --region us-east-1, or AWS_REGION",
      "or switch it on: in the IAM console under Account settings, Security Token Service (STS)",
    ],
    denied: true,
  };
}

function aboutDuration({ message }: StsErrorResponse, { origins, what }: FailedCall): ExplainedError | undefined {
  const duration = origins.step?.durationSeconds;
  if (duration === undefined || !message.includes("DurationSeconds")) return undefined;
  return {
    message: `${what}: the session may not last ${duration.value} seconds`,
    at: duration.from,
    length: String(duration.value).length,
    notes: [],
    help: ["ask for less, or raise the role's maximum session duration: aws iam update-role --max-session-duration"],
    denied: false,
  };
}

interface TokenRefusal {
  /** As in "the token in FILE …". */
  readonly what: string;
  /** Whether it is about the role that was asked for. */
  readonly ofRole?: boolean;
  readonly help: readonly string[];
}

/** What may be wrong with a web identity token. */
const TOKEN_REFUSALS: Readonly<Record<string, TokenRefusal>> = {
  ExpiredToken: { what: "has expired", help: [CHECK_TOKEN_WRITER] },
  InvalidIdentityToken: {
    what: "was refused",
    help: ["IAM needs an identity provider for the token's issuer, with the token's audience in its list"],
  },
  IDPRejectedClaim: {
    what: "was rejected by the provider that made it",
    help: ["it may have been revoked: get a new one"],
  },
  IDPCommunicationError: {
    what: "could not be checked: STS cannot reach the provider that made it",
    help: ["the issuer's /.well-known/openid-configuration has to be reachable from the internet"],
  },
  AccessDenied: {
    what: "is not allowed to assume the role",
    ofRole: true,
    help: [
      "does the role's trust policy allow sts:AssumeRoleWithWebIdentity to the provider that made the token?",
      "do its conditions fit the token's subject (on EKS the service account) and audience?",
      "does the role exist? STS says the same of one that does not",
    ],
  },
};

function aboutToken(
  { what, ofRole = false, help }: TokenRefusal,
  { token, request }: FailedCall,
  file: Sourced<string>,
): ExplainedError {
  const claims = readJwt(token ?? "");
  return {
    message: `the token in ${file.value} ${what}${ofRole ? ` ${request.RoleArn}` : ""}`,
    at: file.from,
    length: file.value.length,
    notes: [
      ...(claims === undefined ? ["the file holds no JSON web token"] : []),
      ...(claims?.issuer === undefined ? [] : [`the token's issuer is ${claims.issuer}`]),
      ...(claims?.expiration === undefined
        ? []
        : [`it says of itself that it ends at ${claims.expiration.toISOString()}`]),
    ],
    help,
    denied: ofRole,
  };
}
