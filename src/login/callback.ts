/**
 * The rules of the callback: which request of the browser ends the sign-in, and the page that the person sees. Every page
 * in the browser can send requests to the port, so a request counts only if it has this sign-in's state.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpServerRequest, HttpServerResponse } from "../runtime/http_server.ts";
import { parseHttpUrl } from "../text/url.ts";
import { escapeInvisible } from "../text/visible.ts";

/** The path of the redirect URI, which is part of the client registration. */
const CALLBACK_PATH = "/oauth/callback";

/** The redirect URI without its port: the service ignores the port of a loopback address (RFC 8252, section 7.3). */
export const REGISTERED_REDIRECT_URI = `http://127.0.0.1${CALLBACK_PATH}`;

export function redirectUri(port: number): string {
  return `http://127.0.0.1:${port}${CALLBACK_PATH}`;
}

/** What a redirect of the browser, or a pasted address, contains. */
export type Redirect =
  | { readonly kind: "code"; readonly code: string }
  /** The service refused. The error is its OAuth code, such as `access_denied`. */
  | { readonly kind: "error"; readonly error: string }
  /** An error without this sign-in's state. It may come from any page, so it does not end the sign-in. */
  | { readonly kind: "unproven-error"; readonly error: string }
  | { readonly kind: "foreign" };

/** What a request means. The Host header is checked, so that no other name can lead to the port (DNS rebinding). */
export function readRedirect({ method, path, headers, port }: HttpServerRequest, state: string): Redirect {
  const target = `http://127.0.0.1:${port}`;
  const url = path.startsWith("/") ? URL.parse(`${target}${path}`) : null;
  if (method !== "GET" || url?.pathname !== CALLBACK_PATH || `http://${headers.host}` !== target) return FOREIGN;
  return redirectOf(url.searchParams, state);
}

/**
 * What a pasted text means: the address at which the browser ended, or its query alone.
 *
 * @returns undefined if it is not such an address.
 */
export function readPasted(text: string, state: string): Redirect | undefined {
  const pasted = text.trim();
  const url = parseHttpUrl(pasted.startsWith("127.0.0.1") ? `http://${pasted}` : pasted);
  const query = url === undefined ? pasted.replace(/^\?/, "") : url.search;
  const parameters = new URLSearchParams(query);
  return parameters.has("state") || parameters.has("error") ? redirectOf(parameters, state) : undefined;
}

/**
 * What the text of the confirmation page means, which a person copies from a browser on another device: `state=…&code=…`
 * in Base64.
 *
 * @returns undefined if it is not such a text.
 */
export function readConfirmation(text: string, state: string): Redirect | undefined {
  const decoded = Buffer.from(text.trim(), "base64").toString("utf8");
  const parameters = new URLSearchParams(decoded);
  return parameters.has("state") && parameters.has("code") ? redirectOf(parameters, state) : undefined;
}

/** Whether two redirects with this sign-in's state say the same. */
export function isSameRedirect(a: Redirect, b: Redirect): boolean {
  return a.kind === "code" ? b.kind === "code" && a.code === b.code : a.kind === b.kind;
}

const FOREIGN: Redirect = { kind: "foreign" };

/** RFC 6749, sections 4.1.2 and 4.1.2.1. A parameter that occurs more than once is invalid (section 3.1). */
function redirectOf(parameters: URLSearchParams, state: string): Redirect {
  const [code, error, given] = ["code", "error", "state"].map((name) => {
    const values = parameters.getAll(name);
    return values.length === 1 && values[0] !== "" ? values[0] : undefined;
  });
  const isOurs = given !== undefined && isEqual(given, state);
  if (error !== undefined) return { kind: isOurs ? "error" : "unproven-error", error: knownError(error) };
  return isOurs && code !== undefined ? { kind: "code", code } : FOREIGN;
}

/** Compares in constant time: the hashes have the same length. */
function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** RFC 6749, section 4.1.2.1. Other texts could come from any page. */
const OAUTH_ERRORS = [
  ...["invalid_request", "invalid_client", "unauthorized_client", "access_denied", "unsupported_response_type"],
  ...["invalid_scope", "server_error", "temporarily_unavailable", "invalid_redirect_uri", "expired_token"],
];

function knownError(error: string): string {
  return OAUTH_ERRORS.includes(error) ? error : "an unknown error";
}

export interface CallbackPage {
  readonly isSuccess: boolean;
  readonly title: string;
  /** Statements, one a paragraph. */
  readonly lines: readonly string[];
}

const STYLE = `
  body { font: 17px/1.5 system-ui, sans-serif; color: #1b1f24; background: #f6f7f9; margin: 0; }
  main { max-width: 34em; margin: 14vh auto 0; padding: 2em 2.5em; background: #fff; border: 1px solid #d5d9e0; border-radius: 8px; }
  h1 { font-size: 1.4em; margin: 0 0 .6em; }
  p { margin: .5em 0; overflow-wrap: anywhere; }
  .good h1 { color: #0b6b32; }
  .bad h1 { color: #a3261a; }
  @media (prefers-color-scheme: dark) {
    body { color: #e6e8eb; background: #16181c; }
    main { background: #1f2329; border-color: #3a404a; }
    .good h1 { color: #62d394; }
    .bad h1 { color: #ff8b7e; }
  }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** A page without scripts, which loads nothing. */
export function pageResponse(status: number, page: CallbackPage, sent?: () => void): HttpServerResponse {
  const lines = page.lines.map((line) => `<p>${escapeHtml(line)}</p>\n`).join("");
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      connection: "close",
    },
    body:
      '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n' +
      `<link rel="icon" href="data:,">\n<title>${escapeHtml(page.title)} - rolecall</title>\n<style>${STYLE}</style>\n` +
      `<main class="${page.isSuccess ? "good" : "bad"}">\n<h1>${escapeHtml(page.title)}</h1>\n${lines}</main>\n</html>\n`,
    ...(sent === undefined ? {} : { sent }),
  };
}

/** The page for every request that does not end the sign-in. */
export const FOREIGN_PAGE: HttpServerResponse = pageResponse(404, {
  isSuccess: false,
  title: "Nothing happened",
  lines: [
    "This address does not belong to the sign-in that is in progress.",
    "To sign in, use the address that the terminal shows.",
  ],
});

function escapeHtml(text: string): string {
  return escapeInvisible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
