/** An HTTP proxy that records plain requests and tunnels. It connects to loopback only. */
import { connect } from "node:net";
import { type LoopbackServer, serve } from "./server.ts";

export interface TestProxy extends LoopbackServer {
  /** `what` is `GET http://…` or `CONNECT host:port`; `authorization` is the `Proxy-Authorization` header. */
  readonly requests: readonly { readonly what: string; readonly authorization: string | undefined }[];
  /** Where all tunnels lead, whatever host was requested. Undefined: tunnels are rejected. */
  tunnelTo: { readonly port: number } | undefined;
}

export async function startProxy(): Promise<TestProxy> {
  const requests: { what: string; authorization: string | undefined }[] = [];
  const proxy = { requests, tunnelTo: undefined as TestProxy["tunnelTo"] };
  const server = await serve(async (request) => {
    requests.push({
      what: `${request.method} ${request.target}`,
      authorization: request.headers["proxy-authorization"],
    });
    const { "proxy-authorization": _, "proxy-connection": __, connection: ___, ...headers } = request.headers;
    // No test may reach another machine.
    if (new URL(request.target).hostname !== "127.0.0.1") return { status: 403 };
    const response = await fetch(request.target, {
      method: request.method,
      headers,
      ...(request.body === "" ? {} : { body: request.body }),
      proxy: "",
    } as RequestInit);
    return {
      status: response.status,
      headers: { "content-type": response.headers.get("content-type") ?? "text/plain" },
      body: await response.text(),
    };
  });
  server.server.on("connect", (request, socket) => {
    requests.push({ what: `CONNECT ${request.url}`, authorization: request.headers["proxy-authorization"] });
    if (proxy.tunnelTo === undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const upstream = connect(proxy.tunnelTo.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  return Object.assign(proxy, server);
}
