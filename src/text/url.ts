/** URLs of endpoints and proxies. */

/**
 * Parses an absolute http or https URL.
 *
 * The text must begin with the scheme, two slashes and a host. The URL standard also accepts `http:host` and
 * `http:///host`; botocore does not.
 *
 * @returns undefined for any other text.
 */
export function parseHttpUrl(text: string): URL | undefined {
  return /^https?:\/\/[^/]/i.test(text) ? (URL.parse(text) ?? undefined) : undefined;
}

/** Whether the text is an absolute http or https URL, as `parseHttpUrl` reads it. */
export function isHttpUrl(text: string): boolean {
  return parseHttpUrl(text) !== undefined;
}

/** The URL without a slash at its end: `https://host/` and `https://host` are the same endpoint. */
export function withoutTrailingSlash(url: string): string {
  return url.endsWith("/") ? url.slice(0, -1) : url;
}

/**
 * Appends a path to the URL of an endpoint, with one slash between them. A path of the endpoint itself is kept.
 *
 * @param path without a slash at its start; may have a query.
 */
export function joinUrl(endpoint: string, path: string): string {
  return `${withoutTrailingSlash(endpoint)}/${path}`;
}

/** Whether the text can be a label of a host name, by botocore's rule for the name of a region. */
export function isHostLabel(text: string): boolean {
  return /^(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)$/.test(text);
}

/** Names in the paths of credentials endpoints, such as `v2` and `security-credentials`. */
const PATH_NAME = /^(?:[a-z-]{1,24}|v\d)?$/;

/**
 * Redacts the path of a container credentials endpoint. On ECS, the UUID in it is enough to get the credentials.
 *
 * @param url a URL, or a path alone.
 */
export function redactPath(url: string): string {
  const [, origin = "", path = "", query = ""] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(.*)$/is.exec(url) ?? [];
  const segments = path.split("/").map((segment) => (PATH_NAME.test(segment) ? segment : "****"));
  return `${origin.replace(/\/\/.*@/s, "//")}${segments.join("/")}${query === "" ? "" : `${query.charAt(0)}****`}`;
}
