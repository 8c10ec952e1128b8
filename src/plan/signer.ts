/** Describes whose credentials sign a request, for errors about that request. */
import { BYPASS_CACHE, REPLACE_ENVIRONMENT_KEYS, runCommand } from "../domain/help_texts.ts";
import type { Origin } from "../domain/origin.ts";
import type { SourceStep } from "./plan.ts";
import { loginCommand, ssoLoginCommand } from "./sources/login_command.ts";

export interface Signer {
  /** Completes "the secret access key of …". */
  readonly what: string;
  /** The setting that selected these credentials. */
  readonly at: Origin;
  /** A help line: how to get new credentials if these have expired. */
  readonly refreshHelp: string;
  /** The cache file that the credentials were read from; undefined if they are new. */
  readonly cacheFile?: string | undefined;
}

/** A note for errors about cached credentials: where they come from, and how to delete them. */
export function cacheNotes({ cacheFile }: Signer): string[] {
  return cacheFile === undefined
    ? []
    : [`the credentials are a session from the cache: ${cacheFile} (rolecall cache clear deletes it)`];
}

/** For requests that are signed with the credentials of a source. */
export function sourceSigner(step: SourceStep): Signer {
  const { from: at } = step;
  switch (step.kind) {
    case "environment":
      return {
        what: "the environment",
        at,
        refreshHelp: REPLACE_ENVIRONMENT_KEYS,
      };
    case "static":
      return {
        what: `the profile "${step.profile}"`,
        at,
        refreshHelp: "replace the keys with new ones",
      };
    case "web-identity":
      return {
        what: `the web identity's session of ${step.roleArn.value}`,
        at,
        refreshHelp: BYPASS_CACHE,
      };
    case "sso": {
      const refreshHelp = `use --no-cache, or run: ${ssoLoginCommand(step)}`;
      return { what: `the SSO role ${step.roleName.value}`, at, refreshHelp };
    }
    case "login":
      return {
        what: `the login session ${step.session.value}`,
        at,
        refreshHelp: runCommand(loginCommand(step)),
      };
    case "process":
      return {
        what: `the credential_process of "${step.profile}"`,
        at,
        refreshHelp: "check that the program prints new credentials: it may have a cache of its own",
      };
    case "container":
      return {
        what: "the container",
        at,
        refreshHelp: "run the command again later: the container's endpoint refreshes its credentials",
      };
    case "ec2":
      return {
        what: "the EC2 instance",
        at,
        refreshHelp: "run the command again later: the instance's metadata refreshes its credentials",
      };
  }
}

/** For requests that are signed with the session of a role. */
export function roleSigner(roleArn: string, at: Origin): Signer {
  return { what: `the session of ${roleArn}`, at, refreshHelp: BYPASS_CACHE };
}

/** For requests that are signed with the session of `--mfa-session`. */
export function mfaSessionSigner(serial: string, at: Origin): Signer {
  return { what: `the MFA session of ${serial}`, at, refreshHelp: BYPASS_CACHE };
}
