/** TLS connections through the tunnel of a proxy (CONNECT). The certificate is that of the target host. */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { HttpError, timeoutError, toHttpError } from "./error.ts";
import { trust } from "./trust.ts";

export interface TunnelOptions {
  readonly proxy: URL;
  /** The host and port at the end of the tunnel. */
  readonly target: URL;
  /** PEM certificates to trust instead of the built-in ones, for the proxy and for the target. */
  readonly ca: string | undefined;
  /** Milliseconds for everything, including both TLS handshakes. */
  readonly ms: number;
}

/**
 * Opens a TLS connection to the target.
 *
 * @throws HttpError
 */
export function openTunnel({ proxy, target, ca, ms }: TunnelOptions): Promise<TLSSocket> {
  const trusted = trust(ca);
  return new Promise((resolve, reject) => {
    const authority = `${target.hostname}:${target.port || 443}`;
    const request = (proxy.protocol === "https:" ? https : http).request({
      ...hostAndPort(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      ...trusted,
    });
    let secure: TLSSocket | undefined;
    const fail = (error: HttpError) => {
      clearTimeout(timer);
      secure?.destroy();
      request.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(timeoutError("connect-timeout", "connection through the proxy timed out", ms));
    }, ms);
    request.on("error", (error) => fail(toHttpError(error)));
    // A server that does not support CONNECT sends an ordinary response.
    request.on("response", ({ statusCode }) => fail(rejectedTunnel(statusCode)));
    request.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        fail(rejectedTunnel(statusCode));
        return;
      }
      const host = target.hostname.replace(/^\[(.*)\]$/, "$1");
      secure = connect({ socket, host, servername: isIP(host) === 0 ? host : "", ...trusted });
      secure.once("error", (error) => fail(toHttpError(error)));
      secure.once("secureConnect", () => {
        clearTimeout(timer);
        if (secure !== undefined) resolve(secure);
      });
    });
    request.end();
  });
}

/** Host and port of a URL as options of `node:http`. `hostname` overrides a URL that is passed as well; `host` does not. */
export function hostAndPort(url: URL): { readonly hostname: string; readonly port: number } {
  const defaultPort = url.protocol === "https:" ? 443 : 80;
  return { hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port === "" ? defaultPort : Number(url.port) };
}

/** The header with the user and password in the proxy's URL; empty if it has none. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const userInfo = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(userInfo).toString("base64")}` };
}

function rejectedTunnel(status: number | undefined): HttpError {
  return new HttpError("proxy", `the proxy rejected the connection: HTTP ${status}`);
}
