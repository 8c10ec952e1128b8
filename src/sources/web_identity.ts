/** Credentials for a web identity token. */
import type { Cache } from "../cache/cache.ts";
import { roleCacheKey } from "../cache/key.ts";
import { webIdentityParameters } from "../cache/role_key.ts";
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import { describeOrigin } from "../origin.ts";
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
  const configured = webIdentityParameters(step);
  const key = roleCacheKey(configured);
  const cached = cache.read(key);
  if (cached !== undefined) {
    effects.trace(
      `cache ${key}: a session of ${step.roleArn.value}, until ${cached.credentials.expiration?.toISOString()}`,
    );
    return cached.credentials;
  }
  const made = await cache.share(key, `AssumeRoleWithWebIdentity ${step.roleArn.value}`, async () => {
    const token = readToken(step, effects);
    const request = { RoleSessionName: sessionName(effects.now()), ...configured, WebIdentityToken: token };
    return await (await sts()).assumeRoleWithWebIdentity(request);
  });
  return made.credentials;
}

function readToken({ tokenFile }: WebIdentityStep, effects: Effects): string {
  const unreadable = (why: string) =>
    new RolecallError("web-identity-token-unreadable", `the web identity token file ${tokenFile.value} ${why}`, {
      at: tokenFile.from,
      length: tokenFile.value.length,
      help: [`it is named by ${describeOrigin(tokenFile.from)}`],
    });
  let content: Uint8Array | undefined;
  try {
    content = effects.readFile(tokenFile.value);
  } catch (error) {
    throw unreadable(`cannot be read: ${error instanceof Error && "code" in error ? error.code : error}`);
  }
  if (content === undefined) throw unreadable("does not exist");
  const token = new TextDecoder().decode(content);
  if (token.trim() === "") throw unreadable("is empty");
  return token;
}
