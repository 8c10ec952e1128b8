/** Client registrations in the AWS CLI's cache, which it and rolecall share. */
import { join } from "node:path";
import { registrationCacheKey } from "../cache/key.ts";
import type { Effects } from "../domain/effects.ts";
import { replaceFile } from "../files/replace_file.ts";
import type { IdentityCenterTarget } from "../plan/sign_in.ts";
import { ssoCacheFolder } from "../sources/sso.ts";
import { parseJsonObject, stringMember } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { formatUtc, parseTimestamp } from "../text/timestamp.ts";
import { AUTHORIZATION_GRANTS, type GrantKind, grantedScopes, type Registration } from "./oidc.ts";

/** botocore's `_EXPIRY_WINDOW`: a registration that expires sooner is not used. */
const MIN_LIFETIME_MS = 15 * 60 * 1000;

/** The file of a session's registration. @param region of IAM Identity Center. */
export function registrationFile(
  { session, startUrl, scopes }: Pick<IdentityCenterTarget, "session" | "startUrl" | "scopes">,
  region: string,
  home: string,
): string {
  const key = registrationCacheKey({
    startUrl: startUrl.value,
    region,
    scopes: scopes ?? null,
    sessionName: session?.value ?? null,
  });
  return join(ssoCacheFolder(home), `${key}.json`);
}

/** @returns undefined if there is none for this kind of sign-in, or if it expires soon. */
export function cachedRegistration(
  path: string,
  kind: GrantKind,
  { readFile, now, trace }: Pick<Effects, "readFile" | "now" | "trace">,
): Registration | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = readFile(path);
  } catch (error) {
    trace(`${path} cannot be read (${systemErrorMessage(error)})`);
  }
  const json = bytes && parseJsonObject(new TextDecoder().decode(bytes));
  const [clientId, clientSecret, expires] = ["clientId", "clientSecret", "expiresAt"].map((name) =>
    stringMember(json, name),
  );
  const expiresAt = parseTimestamp(expires ?? "");
  if (clientId === undefined || clientSecret === undefined || expiresAt === undefined) return undefined;
  const isForCode = Array.isArray(json?.grantTypes) && json.grantTypes.includes("authorization_code");
  if (isForCode !== (kind === "authorization-code")) return undefined;
  if (expiresAt.getTime() - now().getTime() < MIN_LIFETIME_MS) {
    trace(`${path}: the client registration expires at ${formatUtc(expiresAt)}; registering again`);
    return undefined;
  }
  return { clientId, clientSecret, expiresAt };
}

/** A failure is only a warning: the next sign-in registers again. */
export function writeRegistration(
  path: string,
  kind: GrantKind,
  scopes: readonly string[] | undefined,
  { clientId, clientSecret, expiresAt }: Registration,
  { home, warn }: Pick<Effects, "home" | "warn">,
): void {
  const json = {
    clientId,
    clientSecret,
    expiresAt: formatUtc(expiresAt),
    ...(kind === "authorization-code"
      ? { scopes: grantedScopes(scopes), grantTypes: AUTHORIZATION_GRANTS }
      : scopes === undefined || scopes.length === 0
        ? {}
        : { scopes }),
  };
  try {
    replaceFile(path, JSON.stringify(json), home);
  } catch (error) {
    warn(`cannot write the client registration to ${path}: ${systemErrorMessage(error)}`);
  }
}
