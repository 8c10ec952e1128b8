/**
 * STS and the EC2 metadata service for benchmarks, in a process of their own, so that they take no time of the one that
 * measures. The responses are always the same, so no request is verified.
 *
 * Usage: services.ts CERTIFICATE KEY. Prints the ports as JSON, and ends when standard input is closed.
 */
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from "node:net";
import { text } from "node:stream/consumers";

/** The ports on 127.0.0.1. */
export interface ServicePorts {
  readonly sts: number;
  /** Over TLS, with round trips of 40 ms. */
  readonly remoteSts: number;
  /** With round trips of 2 ms. */
  readonly metadata: number;
  /** Accepts connections and never sends anything, as on a machine outside of AWS. */
  readonly silent: number;
}

const REMOTE_MS = 40;
const NEAR_MS = 2;

const soon = () => `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;

const sts: RequestListener = async (request, response) => {
  const form = new URLSearchParams(await text(request));
  const name = /[^/]*$/.exec(form.get("RoleArn") ?? "")?.[0] ?? "";
  const credentials = `<AccessKeyId>ASIABENCHROLE0000001</AccessKeyId><SecretAccessKey>benchRoleSecret</SecretAccessKey><SessionToken>benchRoleToken</SessionToken><Expiration>${soon()}</Expiration>`;
  const role = `<AssumedRoleId>AROABENCH:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/${name}/s</Arn>`;
  const result =
    form.get("Action") === "AssumeRole"
      ? `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>${role}</AssumedRoleUser><Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`
      : '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>AIDABENCH</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
  response.setHeader("Content-Type", "text/xml").end(result);
};

const metadata: RequestListener = (request, response) => {
  const path = request.url ?? "";
  if (path.endsWith("/api/token")) {
    response.setHeader("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600").end("benchMetadataToken");
  } else if (path.endsWith("/security-credentials/")) {
    response.end("node");
  } else if (path.endsWith("/security-credentials/node")) {
    response.end(
      JSON.stringify({
        ...{ Code: "Success", Type: "AWS-HMAC", LastUpdated: soon(), Expiration: soon() },
        ...{ AccessKeyId: "ASIABENCHNODE0000001", SecretAccessKey: "benchNodeSecret", Token: "benchNodeToken" },
      }),
    );
  } else {
    response.end(path.endsWith("/availability-zone") ? "us-east-1a" : "us-east-1");
  }
};

/**
 * Forwards connections to a port as if each round trip took so long: one for the connection itself, and one whenever the
 * server replies to what the client has sent. So one request with TLS 1.3 takes three.
 */
function relayTo(port: number, roundTripMs: number): Server {
  return createTcpServer((client) => {
    client.pause();
    const server = connect(port, "127.0.0.1");
    // What is sent later never overtakes what was sent before.
    let sent = Promise.resolve();
    let isReply = true;
    client.on("data", (data) => {
      isReply = true;
      server.write(data);
    });
    server.on("data", (data) => {
      const delay = isReply ? roundTripMs : 0;
      isReply = false;
      sent = sent.then(async () => {
        if (delay > 0) await Bun.sleep(delay);
        client.write(data);
      });
    });
    client.on("close", () => server.destroy());
    server.on("end", () => void sent.then(() => client.end()));
    for (const socket of [client, server]) socket.setNoDelay(true).on("error", () => socket.destroy());
    setTimeout(() => client.resume(), roundTripMs);
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const [certificate = "", key = ""] = process.argv.slice(2);
const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
const ports: ServicePorts = {
  sts: await listen(createServer(sts)),
  remoteSts: await listen(relayTo(await listen(createTlsServer(tls, sts)), REMOTE_MS)),
  metadata: await listen(relayTo(await listen(createServer(metadata)), NEAR_MS)),
  silent: await listen(createTcpServer((socket) => void socket.on("error", () => socket.destroy()))),
};
console.log(JSON.stringify(ports));
process.stdin.resume().once("end", () => process.exit(0));
