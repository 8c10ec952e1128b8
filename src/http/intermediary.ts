/** Answers that are not the host's own, but those of something on the way to it. */
import type { HttpResponse } from "./request.ts";

/** Headers that only a proxy sets. */
const PROXY_HEADERS = ["via", "proxy-authenticate", "proxy-connection", "x-squid-error"];

/** `Proxy Authentication Required` and `Network Authentication Required`, which is what captive portals are to say. */
const PROXY_STATUSES = [407, 511];

/**
 * Whether a proxy or a captive portal answered, rather than a service that has no web pages: by what it says of itself,
 * or because it is a web page, or the way to another host. (EC2's metadata has web pages for its errors; they do not count.)
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
