/** The HTTP client of the current runtime. */
import type { HttpClient, HttpRequest } from "../../domain/http.ts";

/**
 * The client, loaded at the first request. Under Bun, the portable one is used for requests that the other cannot send as
 * they should be: through a proxy's tunnel, and over TLS to an IP address.
 */
export function currentHttpClient(): HttpClient {
  let bun: Promise<HttpClient> | undefined;
  const loadBun = () => {
    bun ??= import("./bun_client.ts").then(({ bunHttpClient }) => bunHttpClient());
    return bun;
  };
  const usesBun = ({ url, proxy }: Pick<HttpRequest, "url" | "proxy">) =>
    process.versions.bun !== undefined && proxy === undefined && !isAddressOverTls(url);
  return {
    async request(request, limits) {
      const client = usesBun(request) ? await loadBun() : (await import("../../http/request.ts")).portableHttpClient;
      return await client.request(request, limits);
    },
    async open(target, onOpened) {
      if (usesBun(target)) await (await loadBun()).open(target, onOpened);
    },
  };
}

/** Bun's sockets send an address as the name in the handshake (SNI), which RFC 6066, section 3, forbids. */
function isAddressOverTls(url: string): boolean {
  return /^https:\/\/(?:[^/?#]*@)?(?:\[|[\d.]+(?:[:/?#]|$))/i.test(url);
}
