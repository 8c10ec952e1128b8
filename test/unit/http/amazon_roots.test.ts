/** The roots that are trusted first: a part of all, for AWS's hosts, and all of them if they do not suffice. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, rootCertificates, type Server } from "node:tls";
import { amazonRootsFor } from "../../../src/http/amazon_roots.ts";
import { bunHttpClient } from "../../../src/runtime/http/bun_client.ts";
import { HAS_OPENSSL, makeCertificate } from "../../support/tls_server.ts";

const LIMITS = { connectMs: 5_000, responseMs: 5_000, totalMs: 5_000, maxBytes: 1000 };

const amazonRoots = amazonRootsFor("sts.eu-west-1.amazonaws.com") ?? [];

test("they are roots of Mozilla, of Amazon Trust Services", () => {
  const all = new Set(rootCertificates.map((pem) => pem.trim()));
  expect(amazonRoots.filter((pem) => !all.has(pem))).toEqual([]);
  const names = amazonRoots.map((pem) => /CN=(.*)/.exec(new X509Certificate(pem).subject)?.[1]);
  expect(names.toSorted()).toEqual([
    ...["Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4"],
    "Starfield Services Root Certificate Authority - G2",
  ]);
});

test.each([
  ["sts.amazonaws.com", true],
  ["STS.us-east-1.AMAZONAWS.com", true],
  ["sts.eu-west-1.api.aws", true],
  ["amazonaws.com.example", false],
  ["notamazonaws.com", false],
  ["sts.cn-north-1.amazonaws.com.cn", false],
  ["localhost", false],
])("for %s: %p", (host, isFirst) => expect(amazonRootsFor(host) !== undefined).toBe(isFirst));

describe.skipIf(!HAS_OPENSSL)("a server with a certificate of its own (needs openssl)", () => {
  let server: Server;
  let folder: string;
  let certificate: string;
  let handshakes = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-roots-"));
    const files = makeCertificate(folder, "server", "DNS:localhost,IP:127.0.0.1");
    certificate = readFileSync(files.cert, "utf8");
    server = createServer({ key: readFileSync(files.key), cert: certificate }, (socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx"));
    });
    server.on("connection", () => handshakes++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const request = () => ({ method: "GET", url: `https://localhost:${(server.address() as AddressInfo).port}/` });

  test("is trusted by the roots that are tried first", async () => {
    handshakes = 0;
    const { status } = await bunHttpClient(() => [certificate]).request(request(), LIMITS);
    expect([status, handshakes]).toEqual([200, 1]);
  });

  test("is tried again with all roots if those do not suffice, whether or not the connection was opened early", async () => {
    for (const isEarly of [false, true]) {
      handshakes = 0;
      const client = bunHttpClient(() => amazonRoots);
      if (isEarly) await client.open(request(), () => expect.unreachable());
      await expect(client.request(request(), LIMITS)).rejects.toMatchObject({ kind: "certificate" });
      expect(handshakes).toBe(2);
    }
  });

  test("is tried once with the certificates of the request", async () => {
    handshakes = 0;
    const client = bunHttpClient(() => amazonRoots);
    expect((await client.request({ ...request(), ca: certificate }, LIMITS)).status).toBe(200);
    expect(handshakes).toBe(1);
  });
});
