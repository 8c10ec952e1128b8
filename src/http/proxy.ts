/**
 * Selects the proxy of a request by the AWS CLI's rules, which are those of Python's
 * `urllib.request.getproxies_environment`.
 */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { type Sourced, shortOrigin } from "../domain/origin.ts";
import { shellWord } from "../text/shell.ts";
import { parseHttpUrl } from "../text/url.ts";

/**
 * The proxy for a URL: `https_proxy` or `http_proxy` by its scheme, unless `no_proxy` lists the host. The variables may
 * be in upper case; a lower-case one overrides it, even if it is empty. `ALL_PROXY` is ignored.
 *
 * For AWS services only: metadata requests never use a proxy.
 *
 * @returns undefined for a direct connection.
 * @throws RolecallError `invalid-setting` for a proxy that is not an http or https URL.
 */
export function proxyFor(url: URL, environment: Environment): Sourced<URL> | undefined {
  const name = `${url.protocol.slice(0, -1)}_proxy`;
  // In a CGI script, HTTP_PROXY is the `Proxy:` header of the request (CVE-2016-1000110).
  if (name === "http_proxy" && environment.REQUEST_METHOD !== undefined) return undefined;
  const proxy = variableInEitherCase(name, environment);
  if (proxy === undefined || proxy.value.trim() === "") return undefined;
  if (isExempt(url, variableInEitherCase("no_proxy", environment)?.value ?? "")) return undefined;
  return { value: parseProxyUrl(proxy), from: proxy.from };
}

/** The proxy that other programs may use for metadata requests. (rolecall uses none.) */
export interface MetadataProxy {
  /** A statement, such as `HTTP_PROXY is set`. */
  readonly fact: string;
  /** An imperative: how to exempt the host from the proxy. */
  readonly advice: string;
}

/** @returns undefined if no variable sends requests for this URL to a proxy. */
export function metadataProxy(url: URL, environment: Environment): MetadataProxy | undefined {
  const exempt = variableInEitherCase("no_proxy", environment)?.value;
  const advice = `set NO_PROXY=${shellWord([...(exempt ? [exempt] : []), url.hostname].join(","))}`;
  try {
    const proxy = proxyFor(url, environment);
    return proxy === undefined ? undefined : { fact: `${shortOrigin(proxy.from)} is set`, advice };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { fact: error.message, advice };
  }
}

function variableInEitherCase(name: string, environment: Environment): Sourced<string> | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable];
    if (value !== undefined) return { value, from: { variable } };
  }
  return undefined;
}

/** An entry is a host or a domain, with or without a port and a leading dot. `*` alone means every host. */
function isExempt(url: URL, list: string): boolean {
  if (list.trim() === "*") return true;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase().replace(/^\.+/, ""))
    .filter((entry) => entry !== "")
    .some((entry) => [url.host, url.hostname].some((host) => host === entry || host.endsWith(`.${entry}`)));
}

function parseProxyUrl(proxy: Sourced<string>): URL {
  const text = proxy.value.startsWith("//") ? `http:${proxy.value}` : proxy.value;
  const url = parseHttpUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== undefined && hasValidUserInfo(url)) return url;
  // The value is not shown, because it may contain a password.
  throw new RolecallError("invalid-setting", "the proxy is not a valid http:// or https:// URL", {
    at: proxy.from,
    help: [
      "use a URL such as http://proxy.example:3128 or http://user:password@proxy.example:3128",
      "percent-encode special characters in the password",
    ],
  });
}

/** Whether user and password are percent-encoded. A lone `%` is not. */
function hasValidUserInfo({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}
