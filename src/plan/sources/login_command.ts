/** The commands that sign in again. */
import { shellCommand } from "../../text/shell.ts";
import type { LoginStep, SsoStep } from "../plan.ts";
import type { SignInTarget } from "../sign_in.ts";

export function ssoLoginCommand({ session, profile }: Pick<SsoStep, "session" | "profile">): string {
  const choice =
    session === undefined ? (["--profile", profile] as const) : (["--sso-session", session.value] as const);
  return shellCommand(["rolecall", "login", choice]);
}

export function loginCommand({ profile }: Pick<LoginStep, "profile">): string {
  return shellCommand(["rolecall", "login", ["--profile", profile]]);
}

export function signInCommand(target: SignInTarget): string {
  if (target.kind === "console") return loginCommand(target);
  return ssoLoginCommand({ session: target.session, profile: target.profile ?? "default" });
}
