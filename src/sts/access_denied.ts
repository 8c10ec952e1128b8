/** AccessDenied: STS says no more than who may not do what. The usual causes, those first that fit what was sent. */
import { describeOrigin, type Sourced } from "../domain/origin.ts";
import { accountIdOf } from "../text/arn.ts";
import type { ExplainedError, FailedCall, FailedRequest, StsErrorResponse } from "./failed_call.ts";

/** STS's sentence. What follows the resource tells, in newer answers, which kind of policy it was. */
const SENTENCE = /^User: (?<caller>\S+) is not authorized to perform: sts:(?<action>\w+) on resource: (?<role>\S+)/;

/** @returns undefined for a refusal that is about no role. */
export function explainAccessDenied(refusal: StsErrorResponse, call: FailedCall): ExplainedError | undefined {
  const { request, origins } = call;
  if (request.RoleArn === undefined) return undefined;
  const { caller, action } = SENTENCE.exec(refusal.message)?.groups ?? {};
  const { at, length, signer } = origins;
  const who = caller ?? "the caller";
  const what = action === undefined || action === "AssumeRole" ? "assume" : `do sts:${action} with`;
  return {
    message: `${who} may not ${what} the role ${request.RoleArn}`,
    at,
    length,
    notes: signer === undefined ? [] : [`the credentials are those of ${signer.what} (${describeOrigin(signer.at)})`],
    help: causes(refusal, action, caller, call),
    denied: true,
  };
}

function causes(
  { message }: StsErrorResponse,
  action: string | undefined,
  caller: string | undefined,
  { request, origins }: FailedCall,
): string[] {
  const named = namedPolicy(message);
  if (named !== undefined) return [named];
  if (action === "TagSession") {
    return ["session tags need sts:TagSession, in the role's trust policy and in the caller's own policy"];
  }
  if (action === "SetSourceIdentity") {
    return ["a source identity needs sts:SetSourceIdentity, in the role's trust policy and in the caller's own policy"];
  }
  return [
    externalIdCause(request.ExternalId, origins.step?.externalId),
    ...mfaCauses(request.SerialNumber, origins.hasMfaSession === true),
    policiesCause(caller, request),
    "does the role exist (STS says the same of one that does not), and does no service control policy forbid it?",
  ];
}

/** Within an account either policy may be enough, across accounts it takes both. */
function policiesCause(caller: string | undefined, { RoleArn = "", ExternalId, SerialNumber }: FailedRequest): string {
  const conditions = conditionsText(ExternalId, SerialNumber);
  const across = caller !== undefined && accountIdOf(caller) !== accountIdOf(RoleArn);
  const where = across ? ", which it takes to reach a role of another account" : "";
  return `does its trust policy allow the caller${conditions}, and the caller's own policy sts:AssumeRole${where}?`;
}

/** In newer answers STS says which kind of policy it was. */
function namedPolicy(message: string): string | undefined {
  const denied = /with an explicit deny in an? ([\w -]*policy|permissions boundary|VPC endpoint policy)/.exec(message);
  if (denied !== null)
    return `remove the deny from the ${denied[1]}, or meet its conditions: no other policy outweighs it`;
  const missing = /because no ([\w -]*policy|permissions boundary) allows the (\S+) action/.exec(message);
  if (missing === null) return undefined;
  const where = missing[1] === "resource-based policy" ? "the role's trust policy" : `the caller's ${missing[1]}`;
  return `${where} has to allow ${missing[2]}`;
}

function externalIdCause(sent: string | undefined, from: Sourced<string> | undefined): string {
  if (sent === undefined) return "does the role ask for an external id? None was sent: external_id, or --external-id";
  const which = from === undefined ? "one" : `the one of ${describeOrigin(from.from)}`;
  return `is the external id right? ${which[0]?.toUpperCase()}${which.slice(1)} was sent`;
}

function mfaCauses(serial: string | undefined, hasMfaSession: boolean): string[] {
  if (serial !== undefined || hasMfaSession) return [];
  return ["does the role ask for MFA? No code was sent: mfa_serial, or --mfa-serial"];
}

function conditionsText(externalId: string | undefined, serial: string | undefined): string {
  const met = [...(externalId === undefined ? [] : ["this external id"]), ...(serial === undefined ? [] : ["MFA"])];
  return met.length === 0 ? "" : ` with ${met.join(" and ")}`;
}
