/** Puts a case into a temporary home, and fills in the placeholders. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FuzzCase, Response } from "./cases.ts";
import type { FinishedRun } from "./judge.ts";
import { bytesOf } from "./raw_bytes.ts";
import type { ResponseName } from "./samples.ts";
import type { Services } from "./services.ts";

/** A case whose placeholders have been replaced. */
export interface PlacedCase {
  readonly home: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly responses: Readonly<Record<ResponseName, Response>>;
  remove(): void;
}

/** The only programs that a mutated config or command line can run by name. */
const PROGRAMS = ["cat", "true"];

const DPOP_KEY = JSON.stringify(
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "pem", type: "sec1" }),
).slice(1, -1);

/** @param url of the services. */
function placeCase({ argv, environment, files, responses }: FuzzCase, url: string): PlacedCase {
  const home = mkdtempSync(join(tmpdir(), "rolecall-fuzz-"));
  const soon = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);
  const fill = (text: string) =>
    text
      .replaceAll("{home}", home)
      .replaceAll("{url}", url)
      .replaceAll("{soon}", soon)
      .replaceAll("{dpopKey}", DPOP_KEY);
  for (const [path, text] of Object.entries(files)) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, bytesOf(fill(text)), { mode: 0o600 });
  }
  const bin = join(home, "bin");
  mkdirSync(bin);
  for (const program of PROGRAMS) symlinkSync(join("/bin", program), join(bin, program));
  return {
    home,
    argv: argv.map(fill),
    environment: {
      HOME: home,
      PATH: bin,
      LANG: "C.UTF-8",
      XDG_RUNTIME_DIR: home,
      AWS_ENDPOINT_URL_STS: url,
      AWS_ENDPOINT_URL_SSO: url,
      AWS_ENDPOINT_URL_SSO_OIDC: url,
      AWS_ENDPOINT_URL_SIGNIN: url,
      AWS_MAX_ATTEMPTS: "1",
      AWS_METADATA_SERVICE_NUM_ATTEMPTS: "1",
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)])),
      // These are not mutated: they keep every request on this machine.
      AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
      HTTPS_PROXY: url,
      HTTP_PROXY: url,
      NO_PROXY: "127.0.0.1",
    },
    responses: Object.fromEntries(
      Object.entries(responses).map(([name, response]) => [name, { ...response, body: fill(response.body) }]),
    ) as Record<ResponseName, Response>,
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Runs a case in a home of its own. */
export async function runCase(
  fuzzCase: FuzzCase,
  services: Services,
  run: (placed: PlacedCase) => Promise<FinishedRun>,
): Promise<FinishedRun> {
  const placed = placeCase(fuzzCase, services.url);
  services.respondWith(placed.responses);
  try {
    return await run(placed);
  } finally {
    placed.remove();
  }
}
