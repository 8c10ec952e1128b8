/** Which proxy a request to an AWS service goes through, by the AWS CLI's rules, which are those of Python's urllib. */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { parseHttpUrl } from "../text/url.ts";

/**
 * The proxy for a URL: `https_proxy` or `http_proxy` by its scheme, unless `no_proxy` lists the host. Each variable may
 * be in upper case, too; the lower case wins, and an empty one there switches the upper one off. `ALL_PROXY` has no
 * say. Metadata requests never ask here.
 *
 * @throws RolecallError `invalid-setting` for a proxy that is no http or https URL.
 */
export function proxyFor(url: URL, environment: Environment): Sourced<URL> | undefined {
  const name = `${url.protocol.slice(0, -1)}_proxy`;
  // Whoever runs as a CGI script got HTTP_PROXY from a request's `Proxy:` header.
  if (name === "http_proxy" && environment.REQUEST_METHOD !== undefined) return undefined;
  const proxy = eitherCase(name, environment);
  if (proxy === undefined || proxy.value === "") return undefined;
  if (isExempt(url, eitherCase("no_proxy", environment)?.value ?? "")) return undefined;
  return { value: proxyUrl(proxy), from: proxy.from };
}

function eitherCase(name: string, environment: Environment): Sourced<string> | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable];
    if (value !== undefined) return { value, from: { variable } };
  }
  return undefined;
}

/** An entry is a host or the end of one, with or without port and leading dot; `*` alone is every host. */
function isExempt(url: URL, list: string): boolean {
  if (list.trim() === "*") return true;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase().replace(/^\.+/, ""))
    .filter((entry) => entry !== "")
    .some((entry) => [url.host, url.hostname].some((host) => host === entry || host.endsWith(`.${entry}`)));
}

function proxyUrl(proxy: Sourced<string>): URL {
  const text = proxy.value.startsWith("//") ? `http:${proxy.value}` : proxy.value;
  const url = parseHttpUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== undefined && canDecode(url)) return url;
  // The text is not shown: it may hold a password.
  throw new RolecallError(
    "invalid-setting",
    "the proxy is no http:// or https:// URL, or its password is not encoded for one",
    {
      at: proxy.from,
      help: ["it is written like http://proxy.example:3128, or http://user:password@proxy.example:3128"],
    },
  );
}

/** Whether user and password are encoded as a URL has them: a lone % is not. */
function canDecode({ username, password }: URL): boolean {
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}
