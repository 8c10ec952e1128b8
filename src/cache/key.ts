/** The names of the AWS CLI's cache files, so that what one of us has cached the other finds. */
import { createHash } from "node:crypto";
import { compactPythonJson, type Json, pythonJson } from "./python_json.ts";

/**
 * The key of an assumed role, for AssumeRole and for AssumeRoleWithWebIdentity alike.
 *
 * @param request its parameters under STS's names. What botocore leaves out is left out here: `TokenCode`, and a
 * `RoleSessionName` that nobody configured; a `Policy` counts by its content, not by its spelling.
 */
export function roleCacheKey(request: { readonly [parameter: string]: Json | undefined }): string {
  const { TokenCode: _code, WebIdentityToken: _token, Policy: policy, ...rest } = request;
  const parsed: Json | undefined = typeof policy === "string" ? JSON.parse(policy) : policy;
  return sha1(pythonJson({ ...rest, Policy: parsed }));
}

/** The key of an MFA session, by caller and device. It is rolecall's own: the AWS CLI has no such thing. */
export function mfaSessionCacheKey(accessKeyId: string, serial: string): string {
  return sha1(pythonJson({ AccessKeyId: accessKeyId, SerialNumber: serial, Session: "rolecall-mfa-session" }));
}

/** The key of role credentials from IAM Identity Center: by the session's name, else by the start URL. */
export function ssoRoleCacheKey(role: {
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionName?: string;
  readonly startUrl?: string;
}): string {
  const { accountId, roleName, sessionName, startUrl } = role;
  const by = sessionName === undefined ? { startUrl } : { sessionName };
  return sha1(compactPythonJson({ accountId, roleName, ...by }));
}

/** The key of an SSO token: the hash of the session's name, or of the start URL of a legacy profile. */
export function ssoTokenCacheKey(sessionNameOrStartUrl: string): string {
  return sha1(sessionNameOrStartUrl);
}

function sha1(text: string): string {
  return createHash("sha1").update(text, "utf8").digest("hex");
}
