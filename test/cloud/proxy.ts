/** A real HTTP proxy that writes down what it is asked for: plain requests, and tunnels. */
import { connect } from "node:net";
import { type LoopbackServer, serve } from "./server.ts";

export interface TestProxy extends LoopbackServer {
  /** `GET http://…` or `CONNECT host:port`, and the user that came with it. */
  readonly asked: readonly { readonly what: string; readonly authorization: string | undefined }[];
  /** Where tunnels really go, whatever host they ask for; none: they are refused. */
  tunnelTo: { readonly port: number } | undefined;
}

export async function startProxy(): Promise<TestProxy> {
  const asked: { what: string; authorization: string | undefined }[] = [];
  const proxy = { asked, tunnelTo: undefined as TestProxy["tunnelTo"] };
  const server = await serve(async (request) => {
    asked.push({
      what: `${request.method} ${request.target}`,
      authorization: request.headers["proxy-authorization"],
    });
    const { "proxy-authorization": _, "proxy-connection": __, connection: ___, ...headers } = request.headers;
    // Only to loopback: no test may reach anywhere else.
    if (new URL(request.target).hostname !== "127.0.0.1") return { status: 403 };
    const answer = await fetch(request.target, {
      method: request.method,
      headers,
      ...(request.body === "" ? {} : { body: request.body }),
      proxy: "",
    } as RequestInit);
    return {
      status: answer.status,
      headers: { "content-type": answer.headers.get("content-type") ?? "text/plain" },
      body: await answer.text(),
    };
  });
  server.server.on("connect", (request, socket) => {
    asked.push({ what: `CONNECT ${request.url}`, authorization: request.headers["proxy-authorization"] });
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
