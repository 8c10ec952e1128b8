/** TLS servers for tests, with certificates of their own. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";

export const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

/** The paths of two PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * @param folder for the files.
 * @param names subject alternative names, as openssl writes them.
 */
export function makeCertificate(folder: string, name: string, names: string): Certificate {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
  const args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"];
  const out = ["-addext", `subjectAltName=${names}`, "-keyout", files.key, "-out", files.cert];
  const made = spawnSync("openssl", [...args, ...out]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  return files;
}

/** A TLS server that forwards the bytes to a port of 127.0.0.1. It does not listen yet. */
export function tlsServerFor(port: number, { cert, key }: Certificate): Server {
  const options = { key: readFileSync(key), cert: readFileSync(cert) };
  return createServer(options, (socket) => {
    const upstream = connect(port, "127.0.0.1");
    socket.pipe(upstream).pipe(socket);
    socket.on("error", () => upstream.destroy());
    upstream.on("error", () => socket.destroy());
  });
}

/** @returns the port. */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
