/** Responses that come from a proxy or a captive portal instead of the host. */
import type { HttpResponse } from "../domain/http.ts";

/** Headers that only a proxy sets. */
const PROXY_HEADERS = ["via", "proxy-authenticate", "proxy-connection", "x-squid-error"];

/** `Proxy Authentication Required`, and `Network Authentication Required` for captive portals (RFC 6585, section 6). */
const PROXY_STATUSES = [407, 511];

/**
 * Whether a response is from a proxy or a captive portal. It is if it has a status or a header that only they use,
 * redirects to another host, or is a web page with status 200, which the services that rolecall calls never send. A web
 * page with an error status does not count, because EC2 metadata sends its errors as web pages.
 */
export function isFromIntermediary({ status, headers, body }: HttpResponse): boolean {
  if (PROXY_STATUSES.includes(status) || PROXY_HEADERS.some((name) => headers[name] !== undefined)) return true;
  if (status >= 300 && status < 400) return /^https?:/i.test(headers.location ?? "");
  return status === 200 && (isHtml(headers["content-type"]) || looksLikeHtml(body));
}

function isHtml(contentType: string | undefined): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? "");
}

function looksLikeHtml(body: Uint8Array): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html)\b/i.test(new TextDecoder().decode(body.subarray(0, 200)));
}
