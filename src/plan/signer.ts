/** Whose credentials sign a request, in words for the errors about it. */
import { BYPASS_CACHE, REPLACE_ENVIRONMENT_KEYS, runCommand } from "../domain/help_texts.ts";
import type { Origin } from "../domain/origin.ts";
import type { SourceStep } from "./plan.ts";
import { loginCommand, ssoLoginCommand } from "./sources/login_command.ts";

export interface Signer {
  /** As in "the secret access key of …". */
  readonly what: string;
  /** What made it the signer. */
  readonly at: Origin;
  /** How to get others, once these have expired. */
  readonly renewHelp: string;
}

/** The credentials of a source as signer. */
export function sourceSigner(step: SourceStep): Signer {
  const { from: at } = step;
  switch (step.kind) {
    case "environment":
      return {
        what: "the environment",
        at,
        renewHelp: REPLACE_ENVIRONMENT_KEYS,
      };
    case "static":
      return {
        what: `the profile "${step.profile}"`,
        at,
        renewHelp: "whatever wrote the keys there has to write new ones",
      };
    case "web-identity":
      return {
        what: `the web identity's session of ${step.roleArn.value}`,
        at,
        renewHelp: BYPASS_CACHE,
      };
    case "sso": {
      const renewHelp = `try --no-cache, or run: ${ssoLoginCommand(step)}`;
      return { what: `the SSO role ${step.roleName.value}`, at, renewHelp };
    }
    case "login":
      return {
        what: `the login session ${step.session.value}`,
        at,
        renewHelp: runCommand(loginCommand(step)),
      };
    case "process":
      return {
        what: `the credential_process of "${step.profile}"`,
        at,
        renewHelp: "the program printed them so: it has to get new ones, and may have a cache of its own",
      };
    case "container":
      return { what: "the container", at, renewHelp: "the container's endpoint has to renew them; try again" };
    case "ec2":
      return { what: "the EC2 instance", at, renewHelp: "the instance's metadata has to renew them; try again" };
  }
}

/** The session of a role as signer of the next call. */
export function roleSigner(roleArn: string, at: Origin): Signer {
  return { what: `the session of ${roleArn}`, at, renewHelp: BYPASS_CACHE };
}

/** The session of `--mfa-session` as signer. */
export function mfaSessionSigner(serial: string, at: Origin): Signer {
  return { what: `the MFA session of ${serial}`, at, renewHelp: BYPASS_CACHE };
}
