/** The AWS CLI commands that sign in again. */
import type { LoginStep, SsoStep } from "../plan.ts";

export function ssoLoginCommand({ session, profile }: Pick<SsoStep, "session" | "profile">): string {
  return `aws sso login ${session === undefined ? `--profile ${profile}` : `--sso-session ${session.value}`}`;
}

export function loginCommand({ profile }: Pick<LoginStep, "profile">): string {
  return `aws login --profile ${profile}`;
}
