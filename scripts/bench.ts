/** Measures the time and the memory of whole processes: median and best of many sequential runs. */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
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
await measure("rolecall exec --serve -- true, static keys", [ROLECALL, "exec", "--serve", "--", "true"]);
await load(64, 5);
await cloud.stop();
rmSync(home, { recursive: true });

/** Measures a server under load: each connection sends its next request as soon as it has the response. */
async function load(connections: number, seconds: number): Promise<void> {
  const server = Bun.spawn([ROLECALL, "serve", "-p", "m"], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const { value } = await server.stdout.getReader().read();
  const variables = new TextDecoder().decode(value);
  const url = /http:\S+/.exec(variables)?.[0] ?? "";
  const authorization = /TOKEN=(\S+)/.exec(variables)?.[1] ?? "";
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const timeRequest = () =>
    new Promise<number>((resolve, reject) => {
      const started = performance.now();
      request(url, { agent, headers: { authorization } }, (response) => {
        response.resume();
        response.once("end", () =>
          response.statusCode === 200
            ? resolve(performance.now() - started)
            : reject(new Error(`HTTP ${response.statusCode}`)),
        );
      })
        .once("error", reject)
        .end();
    });
  const ms: number[] = [];
  const end = performance.now() + seconds * 1000;
  const connection = async () => {
    while (performance.now() < end) ms.push(await timeRequest());
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const memory = /^Anonymous:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/smaps_rollup`, "utf8"))?.[1];
  server.kill();
  await server.exited;
  ms.sort((a, b) => a - b);
  const percentile = (part: number) => (ms[Math.floor(ms.length * part)] ?? 0).toFixed(1);
  console.log(
    `rolecall serve, ${connections} connections: ${Math.round(ms.length / seconds)} requests per second, median ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, ${(Number(memory) / 1024).toFixed(0)} MiB of private memory`,
  );
}

async function measure(title: string, argv: string[], before: () => void = () => {}): Promise<void> {
  const ms: number[] = [];
  let memory = 0;
  for (let run = 0; run < RUNS; run++) {
    before();
    const started = performance.now();
    const child = Bun.spawn(argv, { env: environment, stdio: ["ignore", "ignore", "inherit"] });
    if ((await child.exited) !== 0) throw new Error(`${title} failed`);
    ms.push(performance.now() - started);
    memory = Math.max(memory, child.resourceUsage()?.maxRSS ?? 0);
  }
  ms.sort((a, b) => a - b);
  const median = ms[Math.floor(ms.length / 2)] ?? 0;
  console.log(
    `${title}: median ${median.toFixed(1)} ms, best ${(ms[0] ?? 0).toFixed(1)} ms, ${(memory / 1024 / 1024).toFixed(0)} MiB`,
  );
}
