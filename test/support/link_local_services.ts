/**
 * Runs a command in a network namespace in which loopback has the addresses of the metadata services and serves them on
 * port 80. Prints as JSON which principal the credentials belong to that the command prints.
 *
 * Usage: `unshare -rn bun link_local_services.ts COMMAND…`
 */
import { spawnSync } from "node:child_process";
import { startContainer } from "../cloud/container.ts";
import { makeIam } from "../cloud/iam.ts";
import { startImds } from "../cloud/imds.ts";

const ADDRESSES = ["169.254.169.254/32", "169.254.170.2/32", "169.254.170.23/32", "fd00:ec2::254/128"];

ip("link", "set", "lo", "up");
// Without nodad, an IPv6 address cannot be used until the kernel has looked for duplicates (RFC 4862, section 5.4).
for (const address of ADDRESSES)
  ip("address", "add", address, "dev", "lo", ...(address.includes("::") ? ["nodad"] : []));

const iam = makeIam();
await Promise.all([
  startImds(iam, { host: "169.254.169.254", port: 80 }),
  startImds(iam, { host: "fd00:ec2::254", port: 80 }),
  startContainer(iam, { host: "169.254.170.2", port: 80 }),
  startContainer(iam, { host: "169.254.170.23", port: 80 }),
]);
const child = Bun.spawn(process.argv.slice(2), { stdio: ["ignore", "pipe", "inherit"] });
const credentials = JSON.parse(await child.stdout.text());
console.log(JSON.stringify({ arn: iam.principal(credentials.AccessKeyId)?.arn }));
process.exit(await child.exited);

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("ip", args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
