/** An npm registry on loopback, with the packages in a folder of tarballs. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";

export interface NpmRegistry {
  readonly url: string;
  /** The tarballs that were downloaded, in order. */
  readonly downloads: readonly string[];
  stop(): void;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** Starts a registry. It has no other packages: a request for one gets the status 404. */
export async function startNpmRegistry(folder: string): Promise<NpmRegistry> {
  const downloads: string[] = [];
  const tarballs = new Map(
    await Promise.all(
      readdirSync(folder).map(async (file) => {
        const content = readFileSync(join(folder, file));
        const files = await new Bun.Archive(content).files("package/package.json");
        const manifest: Manifest = JSON.parse((await files.get("package/package.json")?.text()) ?? "");
        return [file, { content, manifest }] as const;
      }),
    ),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const tarball = path.endsWith(".tgz") ? tarballs.get(basename(path)) : undefined;
    if (tarball !== undefined) {
      downloads.push(basename(path));
      response.end(tarball.content);
      return;
    }
    const versions = [...tarballs].filter(([, { manifest }]) => manifest.name === path);
    response.statusCode = versions.length === 0 ? 404 : 200;
    response.setHeader("content-type", "application/json");
    const latest = versions.at(-1)?.[1].manifest.version;
    const entries = versions.map(([file, { content, manifest }]) => [
      manifest.version,
      {
        ...manifest,
        hasInstallScript: manifest.scripts?.postinstall !== undefined,
        dist: {
          tarball: `${url()}${manifest.name}/-/${file}`,
          integrity: `sha512-${createHash("sha512").update(content).digest("base64")}`,
          shasum: createHash("sha1").update(content).digest("hex"),
        },
      },
    ]);
    // Yarn does not install what was published less than a day ago.
    const time = Object.fromEntries(versions.map(([, { manifest }]) => [manifest.version, "2020-01-01T00:00:00.000Z"]));
    response.end(JSON.stringify({ name: path, "dist-tags": { latest }, time, versions: Object.fromEntries(entries) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = () => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : address}/`;
  };
  return { url: url(), downloads, stop: () => void server.close() };
}
