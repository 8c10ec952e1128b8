/** The HTTP client of the current runtime: which name it sends in a TLS handshake. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { currentHttpClient } from "../../../src/runtime/http/current_client.ts";
import { HAS_OPENSSL, makeCertificate } from "../../support/tls_server.ts";

const LIMITS = { connectMs: 30_000, responseMs: 30_000, totalMs: 30_000, maxBytes: 1000 };

describe.skipIf(!HAS_OPENSSL)("the name in the handshake (needs openssl)", () => {
  let server: Server;
  let folder: string;
  let ca: string;
  const names: unknown[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-sni-"));
    const files = makeCertificate(folder, "server", "DNS:localhost,IP:127.0.0.1");
    ca = readFileSync(files.cert, "utf8");
    server = createServer({ key: readFileSync(files.key), cert: ca }, (socket) => {
      names.push(Reflect.get(socket, "servername") || "none");
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["localhost", "localhost"],
    ["127.0.0.1", "none"],
  ])("for %s is %s", async (host, name) => {
    const url = `https://${host}:${(server.address() as AddressInfo).port}/`;
    names.length = 0;
    const { status } = await currentHttpClient().request({ method: "GET", url, ca }, LIMITS);
    expect([status, names]).toEqual([200, [name]]);
  });
});
