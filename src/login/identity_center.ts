/** Signs in to IAM Identity Center, as `aws sso login` does, and stores the token where every SDK finds it. */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { withProgress } from "../domain/progress.ts";
import { replaceFile } from "../files/replace_file.ts";
import { describeTarget, type IdentityCenterTarget, oidcUrl } from "../plan/sign_in.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { ssoTokenPath } from "../sources/sso.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { formatUtc } from "../text/timestamp.ts";
import type { BrowserChoice } from "./browser_choice.ts";
import { browserLines, openBrowser, signInWithBrowser } from "./browser_flow.ts";
import {
  authorizeUrl,
  type GrantKind,
  type NewToken,
  type OidcService,
  type Registration,
  RegistrationRejectedError,
  registerClient,
  startDeviceAuthorization,
  tokenForCode,
  tokenForDevice,
} from "./oidc.ts";
import { newAuthorizationSecrets } from "./pkce.ts";
import { cachedRegistration, registrationFile, writeRegistration } from "./registration_cache.ts";
import { type Portal, resolveStartUrl } from "./start_url.ts";

export interface IdentityCenterOptions {
  readonly useDeviceCode: boolean;
  readonly callbackPort: Sourced<number> | undefined;
  readonly browser: BrowserChoice;
  /** How long to wait for the person, in milliseconds. */
  readonly limitMs: number;
  /** Called when the token is stored. */
  onStored(): void;
}

/** The token of a session. */
export interface SsoToken {
  readonly file: string;
  readonly expiresAt: Date;
  /** Whether the token is refreshed until the session ends. If not, the person has to sign in again. */
  readonly isRefreshable: boolean;
}

/**
 * Gets a new token and writes it to the AWS CLI's cache. A registration that the service rejects is replaced, once.
 *
 * @throws RolecallError `sign-in-failed`, `server-failed`, or `write-failed` if the token cannot be written.
 *   InterruptedError for Ctrl-C.
 */
export async function signInToIdentityCenter(
  target: IdentityCenterTarget,
  options: IdentityCenterOptions,
  effects: Effects,
): Promise<SsoToken> {
  const settings = { effects, attempts: target.services.attempts.value, ca: readCaBundle(target.services, effects) };
  const portal = await resolveStartUrl(target, settings);
  const service: OidcService = { ...settings, endpoint: oidcUrl(target, portal.region) };
  const kind = target.session === undefined || options.useDeviceCode ? "device-code" : "authorization-code";
  const attempt = async (registration: Registration): Promise<SsoToken> => {
    const write = (token: NewToken) => {
      const written = writeToken(token, registration, target, portal, effects);
      options.onStored();
      return written;
    };
    return kind === "device-code"
      ? write(await deviceToken(service, registration, target, portal, options))
      : await codeToken(service, registration, target, options, write);
  };
  const file = registrationFile(target, portal.region, effects.home);
  const register = () => newRegistration(service, kind, target, portal, file);
  const cached = cachedRegistration(file, kind, effects);
  try {
    return await attempt(cached ?? (await register()));
  } catch (error) {
    if (!(error instanceof RegistrationRejectedError)) throw error;
    if (cached === undefined) throw registrationRejected(error);
    effects.warn("IAM Identity Center no longer accepts the client registration: registering again");
  }
  try {
    return await attempt(await register());
  } catch (error) {
    throw error instanceof RegistrationRejectedError ? registrationRejected(error) : error;
  }
}

function registrationRejected(error: RegistrationRejectedError): RolecallError {
  return new RolecallError("sign-in-failed", "IAM Identity Center rejects a new client registration", {
    notes: [`IAM Identity Center returned ${error.message}`],
  });
}

async function newRegistration(
  service: OidcService,
  kind: GrantKind,
  { session, scopes }: IdentityCenterTarget,
  { issuerUrl }: Portal,
  file: string,
): Promise<Registration> {
  const registration = await registerClient(service, kind, { name: session?.value, issuerUrl, scopes });
  writeRegistration(file, kind, scopes, registration, service.effects);
  return registration;
}

/** The token is written before the page in the browser says that the sign-in is done. */
async function codeToken(
  service: OidcService,
  registration: Registration,
  target: IdentityCenterTarget,
  { callbackPort, browser, limitMs }: IdentityCenterOptions,
  write: (token: NewToken) => SsoToken,
): Promise<SsoToken> {
  const { verifier, challenge, state } = newAuthorizationSecrets();
  const { clientId } = registration;
  const request = {
    target: describeTarget(target),
    state,
    port: callbackPort,
    alternative: "--use-device-code",
    authorizeUrl: (redirectUri: string) =>
      authorizeUrl(service.endpoint, { clientId, redirectUri, state, challenge, scopes: target.scopes }),
    exchange: async (code: string, redirectUri: string) =>
      write(await tokenForCode(service, registration, { code, redirectUri, verifier })),
    describe: () => [`rolecall is signed in to ${describeTarget(target)}.`],
  };
  return await signInWithBrowser(request, { effects: service.effects, browser, limitMs });
}

/** RFC 8628, section 3.5. */
const SLOW_DOWN_SECONDS = 5;

async function deviceToken(
  service: OidcService,
  registration: Registration,
  target: IdentityCenterTarget,
  { issuerUrl }: Portal,
  { browser, limitMs }: IdentityCenterOptions,
): Promise<NewToken> {
  const { effects } = service;
  const device = await startDeviceAuthorization(service, registration, issuerUrl);
  const expiresAt = Math.min(device.expiresAt.getTime(), effects.now().getTime() + limitMs);
  let { intervalSeconds } = device;
  const attempt = async (): Promise<NewToken | undefined> => {
    const result = await tokenForDevice(service, registration, device.deviceCode);
    if (typeof result === "object") return result;
    if (result === "slow-down") intervalSeconds += SLOW_DOWN_SECONDS;
    if (result === "expired" || effects.now().getTime() >= expiresAt) throw codeExpired();
    return undefined;
  };
  let hasWarned = false;
  // RFC 8628, section 3.5: after a failure of the network, the client asks less often. The person's work is not lost.
  const persistentAttempt = async (): Promise<NewToken | undefined> => {
    try {
      return await attempt();
    } catch (error) {
      const isTemporary = error instanceof RolecallError && error.isTemporary;
      if (!isTemporary || effects.now().getTime() >= expiresAt) throw error;
      if (!hasWarned) effects.warn(`${error.message}; trying again until the code expires`);
      hasWarned = true;
      intervalSeconds += SLOW_DOWN_SECONDS;
      return undefined;
    }
  };
  // As in the AWS CLI: a client that is authorized already needs no person.
  const first = await attempt();
  if (first !== undefined) return first;
  await effects.showLines([
    `Sign in to ${describeTarget(target)} in a browser on any machine:`,
    "",
    `  ${device.verificationUriComplete}`,
    "",
    "The page must show this code. If it asks for one, enter it:",
    "",
    { strong: `    ${device.userCode}` },
    "",
    ...browserLines(browser),
  ]);
  await openBrowser(device.verificationUriComplete, browser, effects);
  return await withProgress(effects, "the sign-in in the browser", async () => {
    for (;;) {
      await effects.sleep(intervalSeconds * 1000);
      const token = await persistentAttempt();
      if (token !== undefined) return token;
    }
  });
}

function codeExpired(): RolecallError {
  return new RolecallError("sign-in-failed", "the code has expired before the sign-in was finished", {
    help: ["run the command again"],
  });
}

/** The members of the file are those of botocore's `SSOTokenFetcher`. */
function writeToken(
  { accessToken, expiresAt, refreshToken }: NewToken,
  registration: Registration,
  { session, startUrl }: IdentityCenterTarget,
  { region }: Portal,
  { home }: Pick<Effects, "home">,
): SsoToken {
  const file = ssoTokenPath(session?.value ?? startUrl.value, home);
  const json = {
    startUrl: startUrl.value,
    region,
    accessToken,
    expiresAt: formatUtc(expiresAt),
    clientId: registration.clientId,
    clientSecret: registration.clientSecret,
    registrationExpiresAt: formatUtc(registration.expiresAt),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
  try {
    replaceFile(file, JSON.stringify(json), home);
  } catch (error) {
    throw new RolecallError("write-failed", `cannot write the token to ${file}: ${systemErrorMessage(error)}`, {
      cause: error,
    });
  }
  return { file, expiresAt, isRefreshable: session !== undefined && refreshToken !== undefined };
}
