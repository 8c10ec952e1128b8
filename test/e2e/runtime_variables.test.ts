/** Variables that configure Node, Bun, Deno or OpenSSL change nothing in rolecall, and reach the command. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { HAS_PROLOGUE, makeHome, SUBJECT, type TestHome, USES_BUN } from "../support/subject.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

const folder = mkdtempSync(join(tmpdir(), "rolecall-variables-"));
const file = (name: string) => join(folder, name);
let server: Server;
let requests = 0;
let home: TestHome;

beforeAll(async () => {
  if (!HAS_OPENSSL) return;
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", names];
  const made = spawnSync("openssl", [...args, "-keyout", file("key.pem"), "-out", file("cert.pem")]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  writeFileSync(file("preload.js"), "console.error('preloaded')");
  server = createServer({ key: readFileSync(file("key.pem")), cert: readFileSync(file("cert.pem")) }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      requests++;
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => home.remove());

const EVERYWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "NODE_TLS_REJECT_UNAUTHORIZED=0": { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
  NODE_EXTRA_CA_CERTS: { NODE_EXTRA_CA_CERTS: file("cert.pem") },
  SSL_CERT_FILE: { SSL_CERT_FILE: file("cert.pem") },
  SSL_CERT_DIR: { SSL_CERT_DIR: folder },
  NODE_USE_SYSTEM_CA: { NODE_USE_SYSTEM_CA: "1", SSL_CERT_FILE: file("cert.pem") },
  DENO_TLS_CA_STORE: { DENO_TLS_CA_STORE: "system", SSL_CERT_FILE: file("cert.pem") },
  DENO_CERT: { DENO_CERT: file("cert.pem") },
  "options of warnings": { NODE_PENDING_DEPRECATION: "1", NODE_REDIRECT_WARNINGS: file("warnings") },
  "BUN_CONFIG_*": {
    BUN_CONFIG_VERBOSE_FETCH: "curl",
    BUN_CONFIG_HTTP_IDLE_TIMEOUT: "1",
    BUN_CONFIG_MAX_HTTP_REQUESTS: "1",
  },
};

/** Deno reads these before rolecall's first line. */
const NOT_WITH_DENO: typeof EVERYWHERE = {
  SSLKEYLOGFILE: { SSLKEYLOGFILE: file("keys") },
};

/** Deno and Node read these before rolecall's first line, Bun does not. */
const ONLY_WITH_BUN: typeof EVERYWHERE = {
  NODE_DEBUG: { NODE_DEBUG: "http,https,tls,net,fs", NODE_DEBUG_NATIVE: "*" },
};

/** Bun reads these before rolecall's first line. */
const BEFORE_START: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "NODE_EXTRA_CA_CERTS without a file": { NODE_EXTRA_CA_CERTS: "/no/such/file" },
  NODE_OPTIONS: { NODE_OPTIONS: `--require ${file("preload.js")} --use-openssl-ca --tls-keylog=${file("keys")}` },
  BUN_OPTIONS: { BUN_OPTIONS: `--preload ${file("preload.js")}` },
  "BUN_OPTIONS with --use-system-ca": { BUN_OPTIONS: "--use-system-ca", SSL_CERT_FILE: file("cert.pem") },
  BUN_BE_BUN: { BUN_BE_BUN: "1" },
  BUN_INSPECT: { BUN_INSPECT: "ws://127.0.0.1:0/x", BUN_INSPECT_PRELOAD: file("preload.js") },
  "options of JavaScriptCore": { BUN_JSC_dumpOptions: "1" },
  "options of the allocator": { MIMALLOC_VERBOSE: "1", MIMALLOC_SHOW_STATS: "1" },
};

describe.skipIf(!HAS_OPENSSL)("an STS whose certificate is not trusted (needs openssl)", () => {
  async function whoami(env: Readonly<Record<string, string>>) {
    home = makeHome({
      env: {
        AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY: "made-up",
        AWS_ENDPOINT_URL_STS: `https://localhost:${(server.address() as AddressInfo).port}`,
        AWS_MAX_ATTEMPTS: "1",
      },
    });
    const before = requests;
    const { stderr, exitCode } = await home.run(["whoami", "--region", "eu-west-1"], { env });
    home.remove();
    return { stderr, exitCode, requests: requests - before };
  }

  const groups = [
    { variables: EVERYWHERE, isHidden: true },
    { variables: NOT_WITH_DENO, isHidden: SUBJECT !== "deno" },
    { variables: ONLY_WITH_BUN, isHidden: USES_BUN },
    { variables: BEFORE_START, isHidden: HAS_PROLOGUE },
  ];
  const rows = groups.flatMap(({ variables, isHidden }) =>
    Object.entries(variables).map(([what, env]) => ({ what, env, isHidden })),
  );
  for (const { what, env, isHidden } of rows) {
    test.skipIf(!isHidden)(`gets no request with ${what}, and nothing else is printed`, async () => {
      const expected = await whoami({});
      expect(expected).toMatchObject({ exitCode: 1, requests: 0 });
      expect(expected.stderr).toContain("error[sts-unreachable]");
      expect(await whoami(env)).toEqual(expected);
      for (const name of ["keys", "warnings"]) expect(existsSync(file(name))).toBe(false);
    });
  }
});

describe("a command inherits the runtime's variables", () => {
  const all = Object.assign(
    {},
    ...Object.values(EVERYWHERE),
    ...(SUBJECT === "deno" ? [] : Object.values(NOT_WITH_DENO)),
    ...(USES_BUN ? Object.values(ONLY_WITH_BUN) : []),
    ...(HAS_PROLOGUE ? Object.values(BEFORE_START) : []),
  );
  const keys = { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "made-up" };

  test("with exec", async () => {
    home = makeHome({ env: { ...keys, ...all } });
    const { stdout } = await home.run(["exec", "--region", "eu-west-1", "env"]);
    const lines = stdout.split("\n");
    for (const [name, value] of Object.entries(all)) expect(lines).toContain(`${name}=${value}`);
    expect(stdout).not.toMatch(/[\u0002\u000d\u000e\u0013]/);
  });

  test("as a credential_process", async () => {
    home = makeHome({
      config: `[default]\ncredential_process = sh -c 'env > "$HOME/printed"; echo "{}"'\n`,
      env: { ...all, AWS_EC2_METADATA_DISABLED: "true" },
    });
    await home.run(["whoami", "--region", "eu-west-1"]);
    const lines = readFileSync(join(home.path, "printed"), "utf8").split("\n");
    for (const [name, value] of Object.entries(all)) expect(lines).toContain(`${name}=${value}`);
  });
});
