/** Credentials for a web identity token. */
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
 * A session of the role, cached or new. The token is read anew at every call, since whoever provides it changes it.
 *
 * @param sts connects to STS, when it is needed.
 * @throws RolecallError `web-identity-token-unreadable`, or what STS says.
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
    effects.trace(
      `cache ${key}: a session of ${step.roleArn.value}, until ${cached.credentials.expiration?.toISOString()}`,
    );
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

/** @throws RolecallError `web-identity-token-unreadable` for a file that is not there, cannot be read or is empty. */
export function readWebIdentityToken({ tokenFile }: WebIdentityStep, effects: Effects): string {
  const unreadable = (why: string) =>
    new RolecallError("web-identity-token-unreadable", `the web identity token file ${tokenFile.value} ${why}`, {
      at: tokenFile.from,
      length: tokenFile.value.length,
      help: [
        "whoever names the file has to write it: on EKS the kubelet does, for a pod whose service account has a role",
      ],
    });
  const token = readRequiredFile(tokenFile.value, effects.readFile, unreadable);
  if (token.trim() === "") throw unreadable("is empty");
  return token;
}
