/** Gets console credentials, as `aws login` does: an authorization code with PKCE, and tokens bound to a key (DPoP). */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { replaceFile } from "../files/replace_file.ts";
import { HttpError } from "../http/error.ts";
import { callService, type ServiceResponse } from "../http/service_call.ts";
import { signInUrl } from "../plan/services/service_hosts.ts";
import type { ConsoleTarget } from "../plan/sign_in.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { dpopProof, newDpopKey } from "../sources/dpop.ts";
import { loginSessionFile } from "../sources/login.ts";
import { accountIdOf } from "../text/arn.ts";
import { asJsonObject, type JsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { formatUtc, timeAfter } from "../text/timestamp.ts";
import { joinUrl } from "../text/url.ts";
import type { BrowserChoice } from "./browser_choice.ts";
import { signInWithBrowser } from "./browser_flow.ts";
import { readConfirmation } from "./callback.ts";
import { clockHelp, encodeQuery, intercepted, unreachable } from "./oidc.ts";
import { newAuthorizationSecrets } from "./pkce.ts";

export interface ConsoleOptions {
  /** Whether the browser is on another device, and shows a text to copy. */
  readonly isRemote: boolean;
  readonly callbackPort: Sourced<number> | undefined;
  readonly browser: BrowserChoice;
  /** How long to wait for the person, in milliseconds. */
  readonly limitMs: number;
}

/** The session that the person has chosen in the browser. */
export interface ConsoleSession {
  /** The ARN of the person's user or role. */
  readonly arn: string;
  readonly file: string;
  /** When the credentials expire. They are refreshed until the session ends. */
  readonly expiresAt: Date;
}

const CLIENT_IDS = { same: "arn:aws:signin:::devtools/same-device", other: "arn:aws:signin:::devtools/cross-device" };

/**
 * Signs in and writes the session to the AWS CLI's cache.
 *
 * @param region of the sign-in service.
 * @param accept asks whether the profile may use the session. It is called before the session is written.
 * @throws RolecallError `sign-in-failed`, `server-failed`, `write-failed`, and what `accept` throws. InterruptedError for
 *   Ctrl-C.
 */
export async function signInToConsole(
  target: ConsoleTarget,
  region: string,
  options: ConsoleOptions,
  accept: (arn: string) => Promise<void>,
  effects: Effects,
): Promise<ConsoleSession> {
  const endpoint = target.endpoint?.value ?? signInUrl(region, target.variant);
  const { verifier, challenge, state } = newAuthorizationSecrets();
  const clientId = options.isRemote ? CLIENT_IDS.other : CLIENT_IDS.same;
  const authorizeUrl = (redirectUri: string) =>
    joinUrl(
      endpoint,
      `v1/authorize?${encodeQuery([
        ["response_type", "code"],
        ["client_id", clientId],
        ["state", state],
        ["code_challenge_method", "SHA-256"],
        ["scope", "openid"],
        ["redirect_uri", redirectUri],
        ["code_challenge", challenge],
      ])}`,
    );
  const dpopKey = newDpopKey();
  const exchange = async (code: string, redirectUri: string): Promise<Session> => {
    const request = { grantType: "authorization_code", clientId, code, codeVerifier: verifier, redirectUri };
    return sessionOf(await requestToken(endpoint, request, dpopKey, target, effects), dpopKey, clientId, effects);
  };
  const session = options.isRemote
    ? await signInElsewhere(joinUrl(endpoint, "v1/sessions/confirmation"), state, authorizeUrl, exchange, effects)
    : await signInWithBrowser(
        {
          target: "the AWS console",
          state,
          port: options.callbackPort,
          alternative: "--remote",
          authorizeUrl,
          exchange,
          describe: ({ arn }) => [
            `You are signed in as ${arn}.`,
            ...(target.session === undefined || target.session.value === arn
              ? []
              : [`The profile "${target.profile}" uses another session. Replace it in the terminal.`]),
          ],
        },
        { effects, browser: options.browser, limitMs: options.limitMs },
      );
  await accept(session.arn);
  const file = loginSessionFile(session.arn, effects);
  try {
    replaceFile(file, JSON.stringify(session.json), effects.home);
  } catch (error) {
    throw new RolecallError("write-failed", `cannot write the session to ${file}: ${systemErrorMessage(error)}`, {
      cause: error,
    });
  }
  return { arn: session.arn, file, expiresAt: session.expiresAt };
}

/** A session that is not written yet. */
interface Session {
  readonly arn: string;
  readonly expiresAt: Date;
  /** The content of the file. */
  readonly json: JsonObject;
}

async function signInElsewhere(
  redirectUri: string,
  state: string,
  authorizeUrl: (redirectUri: string) => string,
  exchange: (code: string, redirectUri: string) => Promise<Session>,
  effects: Effects,
): Promise<Session> {
  await effects.showLines([
    "Sign in to the AWS console in a browser on any machine:",
    "",
    `  ${authorizeUrl(redirectUri)}`,
    "",
  ]);
  const text = await effects.readSecret("Paste the code that the page shows at the end: ", {
    check: (line) => confirmationProblem(line, state),
  });
  const redirect = text === undefined ? undefined : readConfirmation(text, state);
  if (redirect?.kind === "code") return await exchange(redirect.code, redirectUri);
  throw new RolecallError("sign-in-failed", "no code was given", {
    help: (await effects.hasTerminal()) ? [] : ["run the command in a terminal, to paste the code there"],
  });
}

function confirmationProblem(line: string, state: string): string | undefined {
  if (line.trim() === "") return "";
  const redirect = readConfirmation(line, state);
  if (redirect === undefined) return "This is not the code of a finished sign-in. Copy the whole code.";
  return redirect.kind === "code" ? undefined : "This code belongs to another sign-in. Use the URL above.";
}

async function requestToken(
  endpoint: string,
  request: object,
  dpopKey: string,
  { services }: ConsoleTarget,
  effects: Effects,
): Promise<JsonObject> {
  const url = joinUrl(endpoint, "v1/token");
  const http = {
    method: "POST",
    url,
    headers: { "content-type": "application/json", dpop: dpopProof(dpopKey, url, effects.now()) },
    body: JSON.stringify(request),
    ca: readCaBundle(services, effects),
  };
  const response = await callService(http, services.attempts.value, effects).catch((error: unknown) => {
    throw error instanceof HttpError ? unreachable("the sign-in service", url, "get the credentials", error) : error;
  });
  if (response.status === 200) return response.body;
  throw rejected(response);
}

/** The errors of the sign-in service that have a remedy of their own. */
const EXPLANATIONS: Readonly<Record<string, readonly [why: string, help: string]>> = {
  AUTHCODE_EXPIRED: ["the authorization code has expired", "run the command again, and finish the sign-in sooner"],
  INSUFFICIENT_PERMISSIONS: [
    "the user is not allowed to get credentials for local development",
    "ask an administrator for the policy SignInLocalDevelopmentAccess",
  ],
};

function rejected(response: ServiceResponse): RolecallError {
  const { status, body, isIntercepted } = response;
  if (isIntercepted) return intercepted("the sign-in service", "get the credentials", response);
  const code = stringMember(body, "error") ?? "";
  const name = /^[A-Z_]{1,40}$/.test(code) ? code : undefined;
  const [why, help] = EXPLANATIONS[code] ?? [];
  return new RolecallError("sign-in-failed", `could not get the credentials: ${why ?? `HTTP ${status}`}`, {
    notes: name === undefined ? [] : [`the sign-in service returned ${name}`],
    help: [...(help === undefined ? [] : [help]), ...clockHelp(response)],
    isTemporary: status === 429 || status >= 500,
  });
}

function sessionOf(body: JsonObject, dpopKey: string, clientId: string, { now }: Effects): Session {
  const access = asJsonObject(body.accessToken);
  const [accessKeyId, secretAccessKey, sessionToken] = ["accessKeyId", "secretAccessKey", "sessionToken"].map((name) =>
    stringMember(access, name),
  );
  const [refreshToken, idToken] = [stringMember(body, "refreshToken"), stringMember(body, "idToken")];
  const expiresAt = timeAfter(now(), body.expiresIn);
  const arn = subjectOf(idToken);
  const accountId = accountIdOf(arn);
  if (
    accessKeyId === undefined ||
    secretAccessKey === undefined ||
    sessionToken === undefined ||
    refreshToken === undefined ||
    expiresAt === undefined ||
    arn === undefined ||
    accountId === undefined
  ) {
    throw new RolecallError("sign-in-failed", "the sign-in service returned an incomplete session");
  }
  return {
    arn,
    expiresAt,
    json: {
      accessToken: { accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt: formatUtc(expiresAt) },
      tokenType: stringMember(body, "tokenType") ?? "",
      clientId,
      refreshToken,
      idToken,
      dpopKey,
    },
  };
}

/** The `sub` claim of an ID token, which is not verified: it came from the service itself, over TLS. */
function subjectOf(idToken: string | undefined): string | undefined {
  const payload = Buffer.from(idToken?.split(".")[1] ?? "", "base64url").toString("utf8");
  const subject = stringMember(parseJsonObject(payload), "sub");
  // It becomes a line of the config file.
  return subject !== undefined && /^arn:[\x21-\x7e]+$/.test(subject) ? subject : undefined;
}
