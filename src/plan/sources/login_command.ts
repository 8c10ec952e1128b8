/** The AWS CLI commands that sign in again. */
import { shellCommand } from "../../text/shell.ts";
import type { LoginStep, SsoStep } from "../plan.ts";

export function ssoLoginCommand({ session, profile }: Pick<SsoStep, "session" | "profile">): string {
  const choice =
    session === undefined ? (["--profile", profile] as const) : (["--sso-session", session.value] as const);
  return shellCommand(["aws", "sso", "login", choice]);
}

export function loginCommand({ profile }: Pick<LoginStep, "profile">): string {
  return shellCommand(["aws", "login", ["--profile", profile]]);
}
