/** Probes the web identity token. Does not send it to STS. */
import type { Effects } from "../domain/effects.ts";
import { CHECK_CLOCK, CHECK_TOKEN_WRITER } from "../domain/help_texts.ts";
import { shortOrigin } from "../domain/origin.ts";
import { noWebIdentity } from "../plan/absence.ts";
import type { WebIdentityStep } from "../plan/plan.ts";
import type { Scope } from "../plan/scope.ts";
import { webIdentity } from "../plan/sources/web_identity.ts";
import { readWebIdentityToken } from "../sources/web_identity.ts";
import { readJwt } from "../sts/jwt.ts";
import { describeLifetime, type Finding, finding } from "./finding.ts";

/**
 * Checks the web identity token of the environment or the profile.
 *
 * @throws RolecallError if the token file has no role or cannot be read.
 */
export function probeWebIdentity(scope: Scope, effects: Effects): Finding {
  const step = webIdentity(scope.profile, scope.environment);
  return step === undefined ? finding("absent", noWebIdentity(scope.environment)) : probeToken(step, effects);
}

/**
 * Checks that the token is a JWT that has not expired.
 *
 * @throws RolecallError `web-identity-token-unreadable`.
 */
export function probeToken(step: WebIdentityStep, effects: Effects): Finding {
  const { tokenFile, roleArn } = step;
  const file = `the token file ${tokenFile.value} (${shortOrigin(tokenFile.from)})`;
  const token = readJwt(readWebIdentityToken(step, effects));
  if (token === undefined) {
    return finding("misconfigured", `${file} does not contain a JSON web token`, [
      "use a JSON web token: STS accepts no other token",
    ]);
  }
  const { expiration } = token;
  if (expiration === undefined) return finding("available", `role ${roleArn.value} with ${file}`);
  const lifetime = describeLifetime(expiration, effects.now());
  if (expiration > effects.now()) return finding("available", `role ${roleArn.value} with ${file}: ${lifetime}`);
  return finding("refused", `the token in ${tokenFile.value} (${shortOrigin(tokenFile.from)}) ${lifetime}`, [
    CHECK_TOKEN_WRITER,
    CHECK_CLOCK,
  ]);
}
