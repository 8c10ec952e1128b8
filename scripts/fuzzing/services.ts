/** All services at one address on loopback, with the responses of the current case. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Response } from "./cases.ts";
import { bytesOf } from "./raw_bytes.ts";
import type { ResponseName } from "./samples.ts";

const STS_CALLS: Readonly<Record<string, ResponseName>> = {
  AssumeRole: "sts",
  AssumeRoleWithWebIdentity: "webIdentity",
  GetSessionToken: "mfaSession",
  GetCallerIdentity: "identity",
};

export interface Services {
  readonly url: string;
  /** The responses from now on. */
  respondWith(responses: Readonly<Record<ResponseName, Response>>): void;
  stop(): void;
}

export async function startServices(): Promise<Services> {
  let current: Readonly<Record<ResponseName, Response>> | undefined;
  // It is also the proxy, so that no mutated URL leads elsewhere. Without a listener, CONNECT closes the connection.
  const server = createServer(async (request, outgoing) => {
    const name = nameOf(request, await bodyOf(request));
    const { status, headers, body } = (name && current?.[name]) ?? { status: 404, headers: {}, body: "{}" };
    outgoing.writeHead(status, headers);
    outgoing.end(bytesOf(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    respondWith(responses) {
      current = responses;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function nameOf({ method, url = "" }: IncomingMessage, body: string): ResponseName | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (path === "/latest/api/token") return "imdsToken";
  if (path === "/latest/meta-data/iam/security-credentials/") return "imdsRole";
  if (path.startsWith("/latest/meta-data/iam/security-credentials/")) return "imdsCredentials";
  if (path === "/latest/meta-data/placement/region") return "imdsRegion";
  if (path === "/container") return "container";
  if (path === "/federation") return "federation";
  if (path === "/federation/credentials") return "portal";
  if (path === "/token") return "oidc";
  if (path === "/client/register") return "registration";
  if (path === "/device_authorization") return "device";
  if (path === "/v1/token") return "login";
  if (method !== "POST") return undefined;
  return STS_CALLS[new URLSearchParams(body).get("Action") ?? ""];
}
