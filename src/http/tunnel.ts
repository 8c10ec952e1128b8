/** TLS through a proxy: a tunnel to the host (CONNECT), and the host's own certificate at its end. */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { HttpError, timeoutError, toHttpError } from "./error.ts";

export interface TunnelOptions {
  readonly proxy: URL;
  /** Where the tunnel leads. */
  readonly target: URL;
  /** PEM certificates to trust in place of the built-in ones, of the proxy and of the target. */
  readonly ca: string | undefined;
  /** Milliseconds for all of it. */
  readonly ms: number;
}

/** @throws HttpError */
export function openTunnel({ proxy, target, ca, ms }: TunnelOptions): Promise<TLSSocket> {
  const trusted = ca === undefined ? {} : { ca };
  return new Promise((resolve, reject) => {
    const authority = `${target.hostname}:${target.port || 443}`;
    const asked = (proxy.protocol === "https:" ? https : http).request({
      ...hostAndPort(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      agent: false,
      ...trusted,
    });
    let secure: TLSSocket | undefined;
    const fail = (failure: HttpError) => {
      clearTimeout(timer);
      secure?.destroy();
      asked.destroy();
      reject(failure);
    };
    const timer = setTimeout(() => {
      fail(timeoutError("connect-timeout", "no connection through the proxy", ms));
    }, ms);
    asked.on("error", (error) => fail(toHttpError(error)));
    // Some servers answer CONNECT as any other request.
    asked.on("response", ({ statusCode }) => fail(refusal(statusCode)));
    asked.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        fail(refusal(statusCode));
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
    asked.end();
  });
}

/** Host and port of a URL, as `node:http` takes them: `hostname` is the one that wins over a URL given beside it. */
export function hostAndPort(url: URL): { readonly hostname: string; readonly port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port === "" ? usual : Number(url.port) };
}

/** User and password of the proxy's URL, where there are any. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "" && proxy.password === "") return {};
  const plain = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(plain).toString("base64")}` };
}

function refusal(status: number | undefined): HttpError {
  return new HttpError("proxy", `the proxy refuses the connection: HTTP ${status}`);
}
