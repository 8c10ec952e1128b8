/** The provider for a web identity token: credentials from `AssumeRoleWithWebIdentity`. */
import type { Cache } from "../cache/cache.ts";
import { webIdentityParameters, webIdentityStepKey } from "../cache/step_key.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { readRequiredFile } from "../files/required_file.ts";
import type { WebIdentityStep } from "../plan/plan.ts";
import { sessionName } from "../sts/session_name.ts";
import type { Sts } from "../sts/sts.ts";

/**
 * The role's session from the cache, or a new one. The token file is read for each new session, because its content
 * changes.
 *
 * @param sts connects to STS. Called only for a new session.
 * @throws RolecallError `web-identity-token-unreadable`, or an error of STS.
 */
export async function webIdentityCredentials(
  step: WebIdentityStep,
  cache: Cache,
  sts: () => Promise<Sts>,
  effects: Effects,
): Promise<Credentials> {
  const key = webIdentityStepKey(step);
  const cached = cache.read(key);
  if (cached !== undefined) {
    const expiration = cached.credentials.expiration?.toISOString();
    effects.trace(`cache ${key}: session of ${step.roleArn.value}, expires ${expiration}`);
    return cached.credentials;
  }
  const made = await cache.getOrCreate(key, `AssumeRoleWithWebIdentity ${step.roleArn.value}`, async () => {
    const token = readWebIdentityToken(step, effects);
    const configured = webIdentityParameters(step);
    const request = { RoleSessionName: sessionName(effects.now()), ...configured, WebIdentityToken: token };
    const origins = { at: step.tokenFile.from, tokenFile: step.tokenFile };
    return await (await sts()).assumeRoleWithWebIdentity(request, origins);
  });
  return made.credentials;
}

/** @throws RolecallError `web-identity-token-unreadable` if the file does not exist, cannot be read or is empty. */
export function readWebIdentityToken({ tokenFile }: WebIdentityStep, effects: Effects): string {
  const unreadable = (why: string) =>
    new RolecallError("web-identity-token-unreadable", `the web identity token file ${tokenFile.value} ${why}`, {
      at: tokenFile.from,
      length: tokenFile.value.length,
      help: ["check that the file is written: on EKS the kubelet writes it if the pod's service account has a role"],
    });
  const token = readRequiredFile(tokenFile.value, effects.readFile, unreadable);
  if (token.trim() === "") throw unreadable("is empty");
  return token;
}
