/** A sign-in URL for the AWS console: the credentials become a sign-in token, and the token part of a URL. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHOOSE_ROLE } from "../domain/help_texts.ts";
import { HttpError } from "../http/error.ts";
import { callService } from "../http/service_call.ts";
import type { ConsoleAddress } from "../plan/console.ts";
import { joinUrl } from "../text/url.ts";

export interface SignInSettings {
  readonly address: ConsoleAddress;
  /** Seconds that the console session is to last; without it AWS's own default holds, an hour. */
  readonly sessionSeconds: number | undefined;
  readonly attempts: number;
  readonly ca: string | undefined;
}

/**
 * The URL. It is a secret: for a quarter of an hour whoever has it can sign in with it.
 *
 * @throws RolecallError `console-impossible` for credentials that are not temporary, `console-failed` where the sign-in
 * service gives no token.
 */
export async function consoleUrl(
  credentials: Credentials,
  { address, sessionSeconds, attempts, ca }: SignInSettings,
  effects: Effects,
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  if (sessionToken === undefined) {
    throw new RolecallError("console-impossible", "the console needs temporary credentials, and these are plain keys", {
      help: [CHOOSE_ROLE],
    });
  }
  const endpoint = joinUrl(address.signIn, "federation");
  const failed = (why: string, help: readonly string[] = [], cause?: unknown) =>
    new RolecallError("console-failed", `${new URL(endpoint).host} gave no sign-in token: ${why}`, { help, cause });
  // As a body rather than in the URL, which proxies and servers write into their logs.
  const body = new URLSearchParams({
    Action: "getSigninToken",
    ...(sessionSeconds === undefined ? {} : { SessionDuration: String(sessionSeconds) }),
    Session: JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken }),
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  let answer: Awaited<ReturnType<typeof callService>>;
  try {
    answer = await callService(
      { method: "POST", url: endpoint, headers, body: body.toString(), ca },
      attempts,
      effects,
    );
  } catch (error) {
    if (error instanceof HttpError) throw failed(error.message, [], error);
    throw error;
  }
  const token = answer.body.SigninToken;
  if (answer.status !== 200 || typeof token !== "string" || token === "") {
    throw failed(
      answer.status === 200 ? "it answered without one" : `HTTP ${answer.status}`,
      answer.status === 400 ? refusedHelp(sessionSeconds) : [],
    );
  }
  const query = new URLSearchParams({
    Action: "login",
    Issuer: "rolecall",
    Destination: address.page,
    SigninToken: token,
  });
  return `${endpoint}?${query}`;
}

/** AWS says no more than "400". */
function refusedHelp(sessionSeconds: number | undefined): string[] {
  return [
    "AWS takes the session of a role or of a federated user, while it lives; not one of GetSessionToken",
    ...(sessionSeconds === undefined
      ? []
      : ["it takes no --session-duration where a role was assumed with a role's credentials; try without"]),
  ];
}
