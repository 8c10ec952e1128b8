/**
 * A sign-in through the browser: listens for the redirect, shows and opens the URL, and waits for the code, which arrives
 * at the callback server or is pasted into the terminal.
 */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { openUrl } from "../runtime/browser.ts";
import {
  type HttpServerRequest,
  type HttpServerResponse,
  listenOnLoopback,
  type RunningServer,
} from "../runtime/http_server.ts";
import { systemErrorCode, systemErrorMessage } from "../text/system_error.ts";
import { type BrowserChoice, isElsewhere } from "./browser_choice.ts";
import {
  type CallbackPage,
  FOREIGN_PAGE,
  isSameRedirect,
  pageResponse,
  type Redirect,
  readPasted,
  readRedirect,
  redirectUri,
} from "./callback.ts";

export interface BrowserRequest<Result> {
  /** What is signed in to, for a person. */
  readonly target: string;
  /** The state of the authorization request. */
  readonly state: string;
  /** The port to listen on; undefined for any free one. */
  readonly port: Sourced<number> | undefined;
  /** The option for a browser on another machine. */
  readonly alternative: string;
  authorizeUrl(redirectUri: string): string;
  /** Exchanges the code. The browser waits for its page meanwhile. */
  exchange(code: string, redirectUri: string): Promise<Result>;
  /** What the page says after success. */
  describe(result: Result): readonly string[];
}

/** The outcome of the redirect. */
interface Decision {
  readonly page: CallbackPage;
  /** Ends the sign-in. */
  readonly end: () => void;
}

export interface BrowserFlow {
  readonly effects: Effects;
  readonly browser: BrowserChoice;
  /** How long to wait for the person, in milliseconds. */
  readonly limitMs: number;
}

/** The AWS CLI also waits for ten minutes. */
export const PERSON_LIMIT_MS = 10 * 60 * 1000;

/** A browser sends its cookies for 127.0.0.1, which other local servers have set, to every port. */
const MAX_HEADER_BYTES = 256 * 1024;

/** How long to wait until the browser has received the page. */
const PAGE_TIMEOUT_MS = 2000;

/**
 * Signs in. The server listens before the browser is opened, because the redirect comes at once if the person has a
 * session there. It is closed after the first request with this sign-in's state, after the time limit, and if the person
 * cancels.
 *
 * @throws RolecallError `sign-in-failed`; `server-failed` if the port cannot be used; what `exchange` throws.
 *   InterruptedError for Ctrl-C.
 */
export async function signInWithBrowser<Result>(
  request: BrowserRequest<Result>,
  { effects, browser, limitMs }: BrowserFlow,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  /** The redirect that ends the sign-in, and what comes of it. */
  let deciding: Redirect | undefined;
  let decision: Promise<Decision> | undefined;
  /** The number of requests that wait for the page. The server is closed when all have it. */
  let waiting = 0;
  let hasWarned = false;
  const decide = async (redirect: Redirect): Promise<Decision> => {
    try {
      if (redirect.kind !== "code") throw refused(redirect);
      const result = await request.exchange(redirect.code, redirectUri(server.port));
      return { page: successPage(request.describe(result)), end: () => resolve(result) };
    } catch (error) {
      return { page: failurePage(error), end: () => reject(error) };
    }
  };
  const handle = async (received: HttpServerRequest): Promise<HttpServerResponse> => {
    const redirect = readRedirect(received, request.state);
    if (redirect.kind === "unproven-error" && !hasWarned) {
      hasWarned = true;
      effects.warn(`a page in the browser reports ${redirect.error}, without a proof that it belongs to this sign-in`);
    }
    if (redirect.kind === "foreign" || redirect.kind === "unproven-error") return FOREIGN_PAGE;
    // The first request decides. A browser that repeats it, for example because the person reloads, gets the same page.
    deciding ??= redirect;
    if (!isSameRedirect(redirect, deciding)) return FOREIGN_PAGE;
    waiting++;
    decision ??= decide(redirect);
    const { page, end } = await decision;
    setTimeout(end, PAGE_TIMEOUT_MS);
    return pageResponse(page.isSuccess ? 200 : 400, page, () => {
      waiting--;
      if (waiting === 0) end();
    });
  };
  const server = await listen(request.port, handle);
  const timer = setTimeout(() => reject(tooLate(limitMs)), limitMs);
  const stopPrompt = new AbortController();
  const paste = async (): Promise<void> => {
    if (decision !== undefined) return;
    const text = await effects.readSecret(PASTE_PROMPT, {
      until: stopPrompt.signal,
      check: (line) => pasteProblem(line, request.state),
    });
    const redirect = text === undefined ? undefined : readPasted(text, request.state);
    if (redirect === undefined || decision !== undefined) return;
    deciding = redirect;
    decision = decide(redirect);
    (await decision).end();
  };
  const url = request.authorizeUrl(redirectUri(server.port));
  let pasting: Promise<void> | undefined;
  try {
    await effects.showLines([
      `Sign in to ${request.target} in the browser:`,
      "",
      `  ${url}`,
      "",
      ...browserLines(browser),
      ...(isElsewhere(browser) ? elsewhereLines(browser, server.port, request.alternative) : []),
    ]);
    pasting = openBrowser(url, browser, effects)
      .then(paste)
      .catch((error: unknown) => reject(error));
    return await promise;
  } finally {
    clearTimeout(timer);
    stopPrompt.abort();
    server.close();
    await pasting;
  }
}

/** Opens the browser, if it is to be opened, and says if that fails. */
export async function openBrowser(url: string, { argv }: BrowserChoice, effects: Effects): Promise<void> {
  if (argv === undefined) return;
  const failure = await openUrl(url, argv);
  if (failure === undefined) return;
  await effects.showLines([`${argv[0]} could not open the browser: ${failure}. Open the URL above.`]);
}

/** Whether the browser was opened. */
export function browserLines({ argv, reason }: BrowserChoice): string[] {
  return [
    argv === undefined ? `The browser was not opened: ${reason}. Open the URL above.` : "The browser opens this URL.",
  ];
}

const PASTE_PROMPT = "If the browser cannot open the last address, paste that address here: ";
const NOT_AN_ADDRESS =
  "This is not the address of a finished sign-in. It begins with http://127.0.0.1 and contains code= and state=.";
const FOREIGN_ADDRESS = "This address belongs to another sign-in. Use the URL above.";

function pasteProblem(line: string, state: string): string | undefined {
  if (line.trim() === "") return "";
  const redirect = readPasted(line, state);
  if (redirect === undefined) return NOT_AN_ADDRESS;
  return redirect.kind === "code" || redirect.kind === "error" ? undefined : FOREIGN_ADDRESS;
}

function elsewhereLines({ place }: BrowserChoice, port: number, alternative: string): string[] {
  const ssh = `ssh -L ${port}:127.0.0.1:${port}`;
  const forward = { here: "", wsl: "", ssh: `, forward the port (${ssh})`, container: ", forward the port" }[place];
  return [
    `At the end the browser opens 127.0.0.1:${port} on its own machine. If rolecall runs on another machine,`,
    `paste the address at which the browser ends${forward}, or run the command again with ${alternative}.`,
  ];
}

async function listen(
  port: Sourced<number> | undefined,
  handle: (request: HttpServerRequest) => Promise<HttpServerResponse>,
): Promise<RunningServer> {
  try {
    return await listenOnLoopback(port?.value ?? 0, handle, undefined, MAX_HEADER_BYTES);
  } catch (error) {
    const isTaken = systemErrorCode(error) === "EADDRINUSE";
    const where = port === undefined ? "127.0.0.1" : `port ${port.value} of 127.0.0.1`;
    throw new RolecallError("server-failed", `cannot listen on ${where}: ${systemErrorMessage(error)}`, {
      at: port?.from,
      help: isTaken ? ["choose another port with --callback-port, or leave it out to use any free port"] : [],
      cause: error,
    });
  }
}

function refused(redirect: Redirect): RolecallError {
  const error = redirect.kind === "error" ? redirect.error : "an unknown error";
  const message =
    error === "access_denied" ? "the sign-in was denied in the browser" : `the sign-in failed in the browser: ${error}`;
  return new RolecallError("sign-in-failed", message);
}

function tooLate(limitMs: number): RolecallError {
  const message = `the sign-in was not finished within ${Math.round(limitMs / 60_000)} minutes`;
  return new RolecallError("sign-in-failed", message, { help: ["run the command again"] });
}

function successPage(lines: readonly string[]): CallbackPage {
  return { isSuccess: true, title: "Signed in", lines: [...lines, GO_BACK] };
}

function failurePage(error: unknown): CallbackPage {
  const reason = error instanceof RolecallError ? [sentence(error.message)] : [];
  return { isSuccess: false, title: "Not signed in", lines: [...reason, GO_BACK] };
}

const GO_BACK = "You can close this page and go back to the terminal.";

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
