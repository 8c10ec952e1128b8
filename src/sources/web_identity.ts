/** Credentials for a web identity token. */
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import { describeOrigin } from "../origin.ts";
import type { WebIdentityStep } from "../plan/plan.ts";
import { sessionName } from "../sts/session_name.ts";
import type { Sts } from "../sts/sts.ts";

/**
 * Reads the token, anew at every call since whoever provides it changes it, and assumes the role with it.
 *
 * @throws RolecallError `web-identity-token-unreadable`, or what STS says.
 */
export async function webIdentityCredentials(step: WebIdentityStep, sts: Sts, effects: Effects): Promise<Credentials> {
  const token = readToken(step, effects);
  return await sts.assumeRoleWithWebIdentity({
    RoleArn: step.roleArn.value,
    RoleSessionName: step.roleSessionName?.value ?? sessionName(effects.now()),
    WebIdentityToken: token,
  });
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
