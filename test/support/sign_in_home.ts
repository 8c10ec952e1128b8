/** A home with profiles for each kind of sign-in, whose services are the simulated ones. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ssoTokenCacheKey } from "../../src/cache/key.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { makeHome, type RunningProgram, type RunOptions, SUBJECT_ARGV, type TestHome } from "./subject.ts";

export const START_URL = "https://d-1234567890.awsapps.com/start";
export const LEGACY_URL = "https://legacy.awsapps.com/start";

const ROLE = "sso_account_id = 123456789012\nsso_role_name = Reader\n";

export const SIGN_IN_CONFIG = `[profile dev]
sso_session = corp
${ROLE}
[sso-session corp]
sso_start_url = ${START_URL}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[sso-session plain]
sso_start_url = https://plain.awsapps.com/start
sso_region = eu-west-1

[profile legacy]
sso_start_url = ${LEGACY_URL}
sso_region = eu-west-1
${ROLE}
[profile chained]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = dev

[profile console]
region = eu-west-1

[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
`;

export interface SignInHome extends TestHome {
  /** The JSON of a session's token, by the session's name or the start URL. */
  token(name: string): Record<string, unknown> | undefined;
  /** The other files of the SSO cache, which contain client registrations. */
  registrations(): Record<string, unknown>[];
  /** Starts the program without a terminal. */
  startWithoutTerminal(args: readonly string[], options?: RunOptions): RunningProgram;
  /** Starts a sign-in without a terminal. */
  signIn(...args: readonly string[]): RunningProgram;
}

export function makeSignInHome(
  cloud: Cloud,
  config = SIGN_IN_CONFIG,
  env: Readonly<Record<string, string>> = {},
): SignInHome {
  const { url } = cloud.signIn;
  const home = makeHome({
    config,
    env: {
      AWS_ENDPOINT_URL_SSO_OIDC: url,
      AWS_ENDPOINT_URL_SSO: url,
      AWS_ENDPOINT_URL_SIGNIN: url,
      AWS_ENDPOINT_URL_STS: cloud.sts.url,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_REGION: "eu-west-1",
      ...env,
    },
  });
  const folder = join(home.path, ".aws/sso/cache");
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const startWithoutTerminal: SignInHome["startWithoutTerminal"] = (args, options) =>
    home.startProgram(["setsid", "-w", ...SUBJECT_ARGV, ...args], options);
  return {
    ...home,
    startWithoutTerminal,
    token(name) {
      const file = `${ssoTokenCacheKey(name)}.json`;
      return existsSync(join(folder, file)) ? read(file) : undefined;
    },
    registrations: () =>
      (existsSync(folder) ? readdirSync(folder) : [])
        .filter((name) => name.endsWith(".json"))
        .map(read)
        .filter(({ accessToken }) => accessToken === undefined),
    signIn: (...args) => startWithoutTerminal(["login", ...args]),
  };
}

/** Waits until the program shows the URL for the browser, and returns it. */
export async function shownUrl(program: RunningProgram): Promise<string> {
  const [, url = ""] = await program.complains(/^ {2}(http\S+)\n/m);
  return url;
}

/** Opens a URL as a browser does after a redirect. */
export async function visit(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string }> {
  const response = await fetch(url, { headers, redirect: "manual" });
  return { status: response.status, body: await response.text() };
}
