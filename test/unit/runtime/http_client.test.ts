/** The HTTP client of the current runtime: which name it sends in a TLS handshake. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { currentHttpClient } from "../../../src/runtime/http/current_client.ts";

const LIMITS = { connectMs: 30_000, responseMs: 30_000, totalMs: 30_000, maxBytes: 1000 };

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

describe.skipIf(!HAS_OPENSSL)("the name in the handshake (needs openssl)", () => {
  let server: Server;
  let folder: string;
  let ca: string;
  const names: unknown[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "rolecall-sni-"));
    const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const made = spawnSync("openssl", [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      ...subject,
      ...files,
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    ca = readFileSync(join(folder, "cert.pem"), "utf8");
    server = createServer({ key: readFileSync(join(folder, "key.pem")), cert: ca }, (socket) => {
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
