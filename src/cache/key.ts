/** The keys of cache entries: the AWS CLI's own, so that the AWS CLI and rolecall find each other's entries. */
import { startHash } from "../runtime/hash.ts";
import { compactPythonJson, type Json, pythonJson } from "./python_json.ts";

/**
 * The key of a role session, for both AssumeRole and AssumeRoleWithWebIdentity: botocore's `_create_cache_key`.
 *
 * @param request the parameters, under their names in the STS API, without a `RoleSessionName` that was not configured.
 * As in botocore, the codes and tokens are left out, and a `Policy` counts by its parsed content.
 */
export function roleCacheKey(request: { readonly [parameter: string]: Json | undefined }): string {
  const { TokenCode: _code, WebIdentityToken: _token, Policy: policy, ...rest } = request;
  const parsed: Json | undefined = typeof policy === "string" ? JSON.parse(policy) : policy;
  return sha1(pythonJson({ ...rest, Policy: parsed }));
}

/** The key of an MFA session, by caller and device. It is rolecall's own: the AWS CLI caches no MFA sessions. */
export function mfaSessionCacheKey(accessKeyId: string, serial: string): string {
  return sha1(pythonJson({ AccessKeyId: accessKeyId, SerialNumber: serial, Session: "rolecall-mfa-session" }));
}

/** The key of role credentials from IAM Identity Center, by the session's name or, without one, by the start URL. */
export function ssoRoleCacheKey(role: {
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionName?: string;
  readonly startUrl?: string;
}): string {
  const { accountId, roleName, sessionName, startUrl } = role;
  const session = sessionName === undefined ? { startUrl } : { sessionName };
  return sha1(compactPythonJson({ accountId, roleName, ...session }));
}

/** The key of an SSO token: the hash of the session's name or, for a legacy profile, of its start URL. */
export function ssoTokenCacheKey(sessionNameOrStartUrl: string): string {
  return sha1(sessionNameOrStartUrl);
}

/** The key of a client registration: botocore's `_registration_cache_key`. */
export function registrationCacheKey(registration: {
  readonly startUrl: string;
  readonly region: string;
  readonly scopes: readonly string[] | null;
  readonly sessionName: string | null;
}): string {
  const { startUrl, region, scopes, sessionName } = registration;
  return sha1(pythonJson({ region, scopes, session_name: sessionName, startUrl, tool: "botocore" }));
}

function sha1(text: string): string {
  const hash = startHash("sha1");
  hash.update(text);
  return Buffer.from(hash.digest()).toString("hex");
}
