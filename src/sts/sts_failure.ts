/** What STS's refusals, and failures on the way to it, mean to a person. */
import { type ErrorCode, RolecallError } from "../errors.ts";
import { HttpFailure } from "../http/failure.ts";

export interface FailedCall {
  /** The call: `AssumeRole arn:…`. */
  readonly what: string;
  /** Where it was sent. */
  readonly url: string;
  /** What its message must not show: STS quotes the request. */
  readonly secrets: readonly (string | undefined)[];
  /** Milliseconds by which this machine's clock is ahead of STS's, where the answer told its own. */
  readonly clockAheadMs: number | undefined;
}

/** Turns what the SDK throws into an error for the user. A RolecallError passes as it is. */
export function stsFailure(error: unknown, call: FailedCall): RolecallError {
  if (error instanceof RolecallError) return error;
  if (error instanceof HttpFailure) {
    return new RolecallError(
      "sts-unreachable",
      `${call.what}: STS at ${call.url} cannot be reached: ${error.message}`,
      {
        cause: error,
        help: ["check the network, the proxy variables (HTTPS_PROXY, NO_PROXY) and the region"],
      },
    );
  }
  const { name, message, status } = describe(error);
  // No answer of STS in it at all: something else sits at that address.
  if (status === undefined || status >= 500 || status < 400) {
    return new RolecallError(
      "sts-unreachable",
      `${call.what}: ${call.url} gave no usable answer${statusText(status)}`,
      {
        cause: error,
        help: status === undefined || status < 400 ? ["is that address really STS?"] : ["STS has trouble; try again"],
      },
    );
  }
  const denial = DENIALS[name];
  const code: ErrorCode = status === 403 || denial !== undefined ? "sts-denied" : "sts-rejected";
  return new RolecallError(code, `${call.what}: STS says ${name}: ${withoutSecrets(message, call.secrets)}`, {
    cause: error,
    help: [...clockHelp(call.clockAheadMs), ...(denial ?? [])],
  });
}

/** STS takes signatures within five minutes; a minute is what a slow answer may explain. */
const REMARKABLE_MS = 60_000;

function clockHelp(aheadMs: number | undefined): string[] {
  if (aheadMs === undefined || Math.abs(aheadMs) < REMARKABLE_MS) return [];
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return [`this machine's clock is ${minutes} min ${aheadMs > 0 ? "ahead of" : "behind"} STS's: set it right`];
}

/** What to do about each refusal that STS has a name for. */
const DENIALS: Readonly<Record<string, readonly string[]>> = {
  AccessDenied: [
    "the role's trust policy has to allow the caller (with its external id and MFA, if it asks for them), and the caller's own policy sts:AssumeRole",
  ],
  ExpiredToken: ["the session token of the source has expired: get new source credentials"],
  ExpiredTokenException: ["the session token of the source has expired: get new source credentials"],
  InvalidClientTokenId: ["the access key id is not valid (any more): check the source's keys"],
  SignatureDoesNotMatch: [
    "the secret access key does not belong to the access key id, or this machine's clock is wrong",
  ],
  RegionDisabledException: ["STS is switched off for this account in this region: use another region, or switch it on"],
};

function describe(error: unknown): { name: string; message: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "unknown", message: String(error), status: undefined };
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  const status =
    typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { name: error.name, message: error.message, status: typeof status === "number" ? status : undefined };
}

function statusText(status: number | undefined): string {
  return status === undefined ? "" : ` (HTTP ${status})`;
}

/**
 * STS quotes the request it got when a signature is wrong, the session token included. So only the first line of its
 * message is shown, and the call's own secrets never.
 */
function withoutSecrets(message: string, secrets: FailedCall["secrets"]): string {
  let text = message.split("\n")[0] ?? "";
  for (const secret of secrets) {
    if (secret) text = text.replaceAll(secret, "***");
  }
  return text;
}
