/** How long whole processes take and how much memory they need: median and best of many runs, one after the other. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCloud } from "../test/cloud/cloud.ts";
import { roleArn } from "../test/cloud/iam.ts";

const RUNS = Number(process.argv[2] ?? 50);
const ROLECALL = fileURLToPath(new URL("../dist/rolecall", import.meta.url));

const home = mkdtempSync(join(tmpdir(), "rolecall-bench-"));
const cloud = await startCloud();
const { accessKeyId, secretAccessKey } = cloud.user1;
await Bun.write(
  join(home, ".aws/credentials"),
  `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\n`,
);
const environment = {
  HOME: home,
  PATH: process.env.PATH ?? "",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ENDPOINT_URL_STS: cloud.sts.url,
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
};

console.log(`dist/rolecall: ${(statSync(ROLECALL).size / 1e6).toFixed(1)} MB; ${RUNS} runs each\n`);
await measure("rolecall --version", [ROLECALL, "--version"]);
await measure("rolecall exec -- true, static keys", [ROLECALL, "exec", "--", "true"]);
await measure("rolecall exec -- true, one AssumeRole on loopback", [
  ROLECALL,
  "exec",
  "-p",
  "m",
  "--no-cache",
  "--",
  "true",
]);
await measure("rolecall whoami, one AssumeRole", [ROLECALL, "whoami", "-p", "m", "--no-cache"]);
if (Bun.which("aws") !== null) {
  await measure(
    "aws sts get-caller-identity, one AssumeRole",
    ["aws", "sts", "get-caller-identity", "--profile", "m"],
    () => rmSync(join(home, ".aws/cli"), { recursive: true, force: true }),
  );
}
await cloud.stop();
rmSync(home, { recursive: true });

async function measure(what: string, words: string[], before: () => void = () => {}): Promise<void> {
  const ms: number[] = [];
  let memory = 0;
  for (let run = 0; run < RUNS; run++) {
    before();
    const started = performance.now();
    const child = Bun.spawn(words, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
    if ((await child.exited) !== 0) throw new Error(`${what} failed`);
    ms.push(performance.now() - started);
    memory = Math.max(memory, child.resourceUsage()?.maxRSS ?? 0);
  }
  ms.sort((a, b) => a - b);
  const median = ms[Math.floor(ms.length / 2)] ?? 0;
  console.log(
    `${what}: median ${median.toFixed(1)} ms, best ${(ms[0] ?? 0).toFixed(1)} ms, ${(memory / 1024 / 1024).toFixed(0)} MiB`,
  );
}
