/**
 * Explains AccessDenied responses to role requests. STS says only who is not allowed to do what, so the help lists the
 * usual causes, those that fit the request first.
 */
import { describeOrigin, type Sourced } from "../domain/origin.ts";
import { cacheNotes } from "../plan/signer.ts";
import { accountIdOf } from "../text/arn.ts";
import type { ExplainedError, FailedCall, FailedRequest, StsErrorResponse } from "./failed_call.ts";

/** The message of STS. In newer responses the type of the denying policy follows the resource. */
const DENIAL = /^User: (?<caller>\S+) is not authorized to perform: sts:(?<action>\w+) on resource: (?<role>\S+)/;

/** The actions that STS checks in addition to AssumeRole, each with the reason. */
const ADDITIONAL_ACTIONS: ReadonlyMap<string | undefined, string> = new Map([
  ["TagSession", "session tags"],
  ["SetSourceIdentity", "a source identity"],
]);

/** @returns undefined if the request names no role. */
export function explainAccessDenied(response: StsErrorResponse, call: FailedCall): ExplainedError | undefined {
  const { request, origins } = call;
  if (request.RoleArn === undefined) return undefined;
  const { caller, action } = DENIAL.exec(response.message)?.groups ?? {};
  const { at, length, signer } = origins;
  const verb = action === undefined || action === "AssumeRole" ? "assume" : `use sts:${action} on`;
  return {
    message: `${caller ?? "the caller"} is not allowed to ${verb} the role ${request.RoleArn}`,
    at,
    length,
    notes:
      signer === undefined
        ? []
        : [
            `the request was signed with the credentials of ${signer.what} (${describeOrigin(signer.at)})`,
            ...cacheNotes(signer),
          ],
    help: accessHelp(response, action, caller, call),
    denied: true,
  };
}

function accessHelp(
  { message }: StsErrorResponse,
  action: string | undefined,
  caller: string | undefined,
  { request, origins }: FailedCall,
): string[] {
  const policyHelp = namedPolicyHelp(message);
  if (policyHelp !== undefined) return [policyHelp];
  const reason = ADDITIONAL_ACTIONS.get(action);
  if (reason !== undefined) {
    return [`allow sts:${action} (required for ${reason}) in the role's trust policy and in the caller's own policy`];
  }
  return [
    externalIdHelp(request.ExternalId, origins.step?.externalId),
    ...mfaHelp(request.SerialNumber, origins.hasMfaSession === true),
    policiesHelp(caller, request),
    "check that the role exists (STS sends the same response if it does not) and that no service control policy denies the call",
  ];
}

/** Within an account one of the two policies may be enough; across accounts both have to allow the call. */
function policiesHelp(caller: string | undefined, { RoleArn = "", ExternalId, SerialNumber }: FailedRequest): string {
  const conditions = conditionsText(ExternalId, SerialNumber);
  const isCrossAccount = caller !== undefined && accountIdOf(caller) !== accountIdOf(RoleArn);
  const required = isCrossAccount ? " (a role of another account requires both)" : "";
  return `check that the role's trust policy allows the caller${conditions}, and that the caller's own policy allows sts:AssumeRole${required}`;
}

/** @returns undefined if the message does not say which type of policy denied the call; older responses do not. */
function namedPolicyHelp(message: string): string | undefined {
  const explicitDeny = /with an explicit deny in an? ([\w -]*policy|permissions boundary|VPC endpoint policy)/.exec(
    message,
  );
  if (explicitDeny !== null) {
    return `remove the deny from the ${explicitDeny[1]}, or meet its conditions: an explicit deny overrides every allow`;
  }
  const implicitDeny = /because no ([\w -]*policy|permissions boundary) allows the (\S+) action/.exec(message);
  if (implicitDeny === null) return undefined;
  const [, type, action] = implicitDeny;
  return `allow ${action} in ${type === "resource-based policy" ? "the role's trust policy" : `the caller's ${type}`}`;
}

function externalIdHelp(sent: string | undefined, setting: Sourced<string> | undefined): string {
  if (sent === undefined) {
    return "if the role requires an external ID, set external_id or use --external-id (none was sent)";
  }
  const origin = setting === undefined ? "" : ` (${describeOrigin(setting.from)})`;
  return `check the external ID that was sent${origin}`;
}

function mfaHelp(serial: string | undefined, hasMfaSession: boolean): string[] {
  if (serial !== undefined || hasMfaSession) return [];
  return ["if the role requires MFA, set mfa_serial or use --mfa-serial (no code was sent)"];
}

function conditionsText(externalId: string | undefined, serial: string | undefined): string {
  const sent = [...(externalId === undefined ? [] : ["this external ID"]), ...(serial === undefined ? [] : ["MFA"])];
  return sent.length === 0 ? "" : ` with ${sent.join(" and ")}`;
}
