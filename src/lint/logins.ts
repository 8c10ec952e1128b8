/**
 * Finds sign-ins that have expired, or whose client registration has. A sign-in that was never made is no finding: the
 * files may be for another machine.
 */
import { runCommand } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import type { LoginStep, Plan, SsoStep } from "../plan/plan.ts";
import { loginCommand, ssoLoginCommand } from "../plan/sources/login_command.ts";
import { inspectLogin } from "../sources/login.ts";
import { inspectSsoToken } from "../sources/sso.ts";
import type { TokenState } from "../sources/token_refresh.ts";
import { formatUtc } from "../text/timestamp.ts";
import { type Finding, finding } from "./finding.ts";
import type { LintInput } from "./input.ts";

export function* checkLogins(plans: readonly Plan[], input: LintInput): Generator<Finding> {
  const effects = { ...input, trace: () => {} };
  const seen = new Set<string>();
  for (const { source } of plans) {
    if (source.kind !== "sso" && source.kind !== "login") continue;
    const name = nameOf(source).value;
    if (seen.has(name)) continue;
    seen.add(name);
    const state = source.kind === "sso" ? inspectSsoToken(source, effects) : inspectLogin(source, effects);
    const message = messageOf(state, name, input.now());
    const { value, from } = source.kind === "sso" ? source.startUrl : source.session;
    if (message === undefined || !("file" in from)) continue;
    const command = source.kind === "sso" ? ssoLoginCommand(source) : loginCommand(source);
    yield finding("sign-in-expired", message, from, { length: lengthOf(value), help: [runCommand(command)] });
  }
}

/** The session, whose token all its profiles share. */
function nameOf(source: SsoStep | LoginStep): Sourced<string> {
  return source.kind === "sso" ? (source.session ?? source.startUrl) : source.session;
}

function messageOf(token: TokenState, name: string, now: Date): string | undefined {
  const { state, expiration, registrationExpiresAt } = token;
  if (expiration === undefined) return undefined;
  const hasRegistrationExpired = registrationExpiresAt !== undefined && registrationExpiresAt <= now;
  const registration = hasRegistrationExpired
    ? `its client registration expired at ${formatUtc(registrationExpiresAt)}`
    : undefined;
  if (state === "expired") {
    return `the sign-in to ${name} expired at ${formatUtc(expiration)}${registration ? `, and ${registration}` : ""}`;
  }
  if (registration === undefined) return undefined;
  return `the sign-in to ${name} ends at ${formatUtc(expiration)} and cannot be refreshed: ${registration}`;
}
