/**
 * The values of requests to STS, by the patterns of the STS API reference. STS rejects every other value, so it
 * is rejected before the request, with its position.
 */
import { invalidValue } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { isAssumableArn } from "../../text/arn.ts";
import type { AssumeRoleStep, Chain, Plan } from "../plan.ts";

interface ValueRule {
  /** The kind of value, as in a message. */
  readonly what: string;
  matches(value: string): boolean;
  /** How to write a valid one: an imperative. */
  readonly help: string;
}

export const ROLE_ARN: ValueRule = {
  what: "role ARN",
  matches: isAssumableArn,
  help: "use an ARN such as arn:aws:iam::123456789012:role/NAME",
};

export const ROLE_SESSION_NAME: ValueRule = {
  what: "role session name",
  matches: (value) => /^[\w+=,.@-]{2,64}$/.test(value),
  help: "use 2 to 64 letters, digits and any of _+=,.@-",
};

export const EXTERNAL_ID: ValueRule = {
  what: "external ID",
  matches: (value) => /^[\w+=,.@:/-]{2,1224}$/.test(value),
  help: "use 2 to 1224 letters, digits and any of _+=,.@:/-",
};

export const SOURCE_IDENTITY: ValueRule = {
  what: "source identity",
  matches: (value) => /^[\w+=,.@-]{2,64}$/.test(value),
  help: "use 2 to 64 letters, digits and any of _+=,.@-",
};

export const MFA_SERIAL: ValueRule = {
  what: "MFA device",
  matches: (value) => /^[\w+=/:,.@-]{9,256}$/.test(value),
  help: "use the device's ARN, such as arn:aws:iam::123456789012:mfa/NAME, or the serial number of a hardware device",
};

/**
 * Checks the values of every request to STS, before the first one and before any prompt.
 *
 * @param cachedIndex the index of the last role whose session is cached, or -1. No request is sent for that role and
 * the steps before it.
 * @throws RolecallError `invalid-setting` or `invalid-option` for a value that STS would reject.
 */
export function validateRequests({ source, mfaSession, roles }: Chain & Pick<Plan, "mfaSession">, cachedIndex: number) {
  if (cachedIndex === -1) {
    if (source.kind === "web-identity") validateRole(source);
    validateValue(MFA_SERIAL, mfaSession?.serial);
  }
  for (const role of roles.slice(cachedIndex + 1)) {
    validateRole(role);
    validateValue(EXTERNAL_ID, role.externalId);
    validateValue(MFA_SERIAL, role.mfaSerial);
  }
}

function validateRole({ roleArn, roleSessionName }: Pick<AssumeRoleStep, "roleArn" | "roleSessionName">): void {
  validateValue(ROLE_ARN, roleArn);
  validateValue(ROLE_SESSION_NAME, roleSessionName);
}

/** @throws RolecallError `invalid-setting` or `invalid-option`. */
export function validateValue(rule: ValueRule, given: Sourced<string> | undefined): void {
  if (given !== undefined && !rule.matches(given.value)) throw invalidValue(rule.what, given, [rule.help]);
}
