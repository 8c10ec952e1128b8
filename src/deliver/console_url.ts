/** Makes a sign-in URL for the AWS console: exchanges the credentials for a sign-in token, which is part of the URL. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHOOSE_ROLE } from "../domain/help_texts.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import type { ConsoleAddress } from "../plan/console.ts";
import { joinUrl } from "../text/url.ts";

export interface SignInSettings {
  readonly address: ConsoleAddress;
  /** How long the console session lasts, in seconds; AWS's own default is one hour. */
  readonly sessionSeconds: number | undefined;
  readonly attempts: number;
  readonly ca: string | undefined;
}

/**
 * Returns the URL. It is a secret: for 15 minutes everyone who has it can sign in. The protocol is that of "Enable custom
 * identity broker access to the AWS console" in the IAM user guide.
 *
 * @throws RolecallError `console-impossible` if the credentials are not temporary, `console-failed` if the sign-in service
 *   does not return a token.
 */
export async function consoleUrl(
  credentials: Credentials,
  { address, sessionSeconds, attempts, ca }: SignInSettings,
  effects: Effects,
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  if (sessionToken === undefined) {
    throw new RolecallError("console-impossible", "the console needs temporary credentials, but these are plain keys", {
      help: [CHOOSE_ROLE],
    });
  }
  const endpoint = joinUrl(address.signIn, "federation");
  const consoleFailed = (reason: string, help: readonly string[] = [], cause?: unknown) =>
    new RolecallError("console-failed", `could not get a sign-in token from ${new URL(endpoint).host}: ${reason}`, {
      help,
      cause,
    });
  // In the body, not in the URL: proxies and servers log URLs.
  const body = new URLSearchParams({
    Action: "getSigninToken",
    ...(sessionSeconds === undefined ? {} : { SessionDuration: String(sessionSeconds) }),
    Session: JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken }),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  let response: Awaited<ReturnType<typeof callService>>;
  try {
    response = await callService(
      { method: "POST", url: endpoint, headers, body: body.toString(), ca },
      attempts,
      effects,
    );
  } catch (error) {
    if (error instanceof HttpError) throw consoleFailed(error.message, [networkHelp(error)], error);
    throw error;
  }
  if (response.status !== 200) {
    throw consoleFailed(`HTTP ${response.status}`, response.status === 400 ? badRequestHelp(sessionSeconds) : []);
  }
  const token = response.body.SigninToken;
  if (typeof token !== "string" || token === "") throw consoleFailed("the response contains none");
  const query = new URLSearchParams({
    Action: "login",
    Issuer: "rolecall",
    Destination: address.page,
    SigninToken: token,
  });
  return `${endpoint}?${query}`;
}

/** AWS sends no reason with the status 400, so the help lists the usual ones. */
function badRequestHelp(sessionSeconds: number | undefined): string[] {
  return [
    "use the unexpired session of a role or of a federated user; AWS rejects sessions of GetSessionToken",
    ...(sessionSeconds === undefined
      ? []
      : ["omit --session-duration if the role was assumed with another role's credentials"]),
  ];
}
