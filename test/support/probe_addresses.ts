/**
 * Runs a command in a network namespace with a given situation at the two addresses of EC2 metadata.
 *
 * Usage: `unshare -rn bun probe_addresses.ts SITUATION COMMAND…`
 */
import { spawnSync } from "node:child_process";
import { makeIam } from "../cloud/iam.ts";
import { startImds } from "../cloud/imds.ts";

const IPV4 = "169.254.169.254";
const IPV6 = "fd00:ec2::254";

const SITUATIONS: Readonly<Record<string, () => Promise<void>>> = {
  "ipv4-and-ipv6": async () => {
    await imds(IPV4);
    await imds(IPV6);
  },
  "ipv6-only": () => imds(IPV6),
  "no-route": async () => {},
  prohibited: async () => ip("route", "add", "prohibit", IPV4),
};

const [situation = "", ...command] = process.argv.slice(2);
ip("link", "set", "lo", "up");
await SITUATIONS[situation]?.();
process.exit(await Bun.spawn(command, { stdio: ["ignore", "inherit", "inherit"] }).exited);

async function imds(host: string): Promise<void> {
  // Without nodad, an IPv6 address cannot be used until the kernel has looked for duplicates (RFC 4862, section 5.4).
  ip("address", "add", ...(host.includes(":") ? [`${host}/128`, "dev", "lo", "nodad"] : [`${host}/32`, "dev", "lo"]));
  const { behavior } = await startImds(makeIam(), { host, port: 80 });
  behavior.expiresIn = 6 * 3600 + 30;
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
