/**
 * Run in a network namespace of its own, as its root: gives the metadata's own addresses to what the first word says,
 * and runs the other words there.
 */
import { spawnSync } from "node:child_process";
import { makeIam } from "../cloud/iam.ts";
import { startImds } from "../cloud/imds.ts";

const IPV4 = "169.254.169.254";
const IPV6 = "fd00:ec2::254";

/** What is at the two addresses, by name. */
const WORLDS: Readonly<Record<string, () => Promise<void>>> = {
  "ipv4-and-ipv6": async () => {
    await imds(IPV4);
    await imds(IPV6);
  },
  "ipv6-only": () => imds(IPV6),
  "no-route": async () => {},
  prohibited: async () => ip("route", "add", "prohibit", IPV4),
};

const [context = "", ...words] = process.argv.slice(2);
ip("link", "set", "lo", "up");
await WORLDS[context]?.();
process.exit(await Bun.spawn(words, { stdio: ["ignore", "inherit", "inherit"] }).exited);

async function imds(host: string): Promise<void> {
  // An IPv6 address is not there for a moment, unless it goes without the search for a duplicate.
  ip("address", "add", ...(host.includes(":") ? [`${host}/128`, "dev", "lo", "nodad"] : [`${host}/32`, "dev", "lo"]));
  const { behavior } = await startImds(makeIam(), { host, port: 80 });
  behavior.expiresIn = 6 * 3600 + 30;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
