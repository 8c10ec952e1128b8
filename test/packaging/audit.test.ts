/** scripts/audit, with a package registry on loopback. */
import { afterEach, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../scripts/audit", import.meta.url));

let server: Bun.Server<undefined> | undefined;
afterEach(async () => {
  await server?.stop(true);
  server = undefined;
});

/** Starts a registry that responds to every request with the advisories. Returns its URL. */
function registryWith(advisories: object | undefined): string {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () =>
      advisories === undefined ? new Response("no such service", { status: 405 }) : Response.json(advisories),
  });
  return `http://127.0.0.1:${server.port}/`;
}

async function audit(registry: string) {
  const environment = { ...process.env, npm_config_registry: registry, NO_COLOR: "1" };
  const child = Bun.spawn([SCRIPT], { env: environment, stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { stdout, stderr, exitCode };
}

test("succeeds if no package has a known vulnerability", async () => {
  const { stdout, exitCode } = await audit(registryWith({}));
  expect(exitCode).toBe(0);
  expect(stdout).toContain("No vulnerabilities found");
});

test("fails, and names the package and the advisory, if one has", async () => {
  const advisory = {
    ...{ id: 1, url: "https://github.com/advisories/GHSA-0000", title: "Wrong parsing", severity: "high" },
    vulnerable_versions: "<=99.0.0",
  };
  const { stderr, exitCode } = await audit(registryWith({ cac: [advisory] }));
  expect(exitCode).toBe(1);
  expect(stderr).toContain("cac");
  expect(stderr).toContain("Wrong parsing");
});

test("is skipped visibly if the registry has no advisories", async () => {
  const { stdout, stderr, exitCode } = await audit(registryWith(undefined));
  expect([stdout, exitCode]).toEqual(["skipped: no advisories from the package registry\n", 0]);
  expect(stderr).toContain("405");
});

test("is skipped visibly if the registry does not answer", async () => {
  const address = registryWith({});
  await server?.stop(true);
  const { stdout, exitCode } = await audit(address);
  expect([stdout, exitCode]).toEqual(["skipped: no advisories from the package registry\n", 0]);
});
