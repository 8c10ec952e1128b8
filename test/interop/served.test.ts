/**
 * SDKs as clients of the servers: no call may fail, despite short-lived credentials, refreshes and an outage of STS.
 * ROLECALL_SOAK_SECONDS sets the duration (default 20; `.ci/run` uses 120). The outage lasts a sixth of it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { type SimulatedSts, startSts } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { isInstalled } from "../support/machine.ts";
import { makeHome, parseEnvironment, type RunningProgram, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";

const SOAK_SECONDS = Number(process.env.ROLECALL_SOAK_SECONDS ?? 20);
/** At least three sets of credentials, none of which expires during the outage. */
const SESSION_SECONDS = SOAK_SECONDS / 2;
const OUTAGE_MS = (SOAK_SECONDS * 1000) / 6;

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const BOTO3 = [join(PYTHON_BIN ?? "", "python"), join(HERE, "served_client.py")];
const JAVASCRIPT = ["node", "--no-warnings", join(HERE, "served_client.mjs")];

describe("clients are not affected by refreshes", () => {
  let cloud: Cloud;
  let home: TestHome;
  /** The STS that the clients call. It knows the same principals and is never down. */
  let service: SimulatedSts;
  const outcomes = new Map<string, Promise<{ calls: number; sets: number; failures: string[] }>>();

  beforeAll(
    async () => {
      cloud = await startCloud();
      service = await startSts(cloud.iam);
      cloud.sts.sessionSeconds = SESSION_SECONDS;
      home = makeHome({
        credentials:
          `[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n` +
          keysSection("user1", cloud.user1) +
          `[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
        env: { PATH: process.env.PATH ?? "", AWS_REGION: "eu-west-1" },
      });
      await soak();
    },
    (SOAK_SECONDS + 60) * 1000,
  );
  afterAll(async () => {
    home.remove();
    await service.stop();
    await cloud.stop();
  });

  /** The servers call the STS with the outage; the clients call the other one. */
  const options = () => ["-p", "m", "--no-cache", "--endpoint-url", cloud.sts.url];
  const clientEnv = (): Record<string, string> => ({
    AWS_ENDPOINT_URL_STS: service.url,
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
  });

  async function soak(): Promise<void> {
    const servers: RunningProgram[] = [];
    const clients: [string, RunningProgram][] = [];
    for (const [language, client] of [
      ["boto3", BOTO3],
      ["JavaScript", JAVASCRIPT],
    ] as const) {
      if (language === "boto3" ? PYTHON_BIN === undefined : !isInstalled("node")) continue;
      const command = ["exec", ...options(), "--serve", "--", ...client];
      clients.push([
        `${language} through exec --serve`,
        home.start(command, { cwd: ROOT, env: { AWS_ENDPOINT_URL_STS: service.url } }),
      ]);
      for (const service of ["ecs", "imds"]) {
        const server = home.start(["serve", ...options(), "--as", service]);
        servers.push(server);
        await server.says(service === "ecs" ? /TOKEN=\S+\n/ : /ENDPOINT=\S+\n/);
        const env = { ...clientEnv(), ...parseEnvironment(server.stdout().replaceAll("export ", "")) };
        const argv = service === "imds" && language === "boto3" ? [...client, "new-sessions"] : client;
        clients.push([`${language} through serve --as ${service}`, home.startProgram(argv, { cwd: ROOT, env })]);
      }
    }
    for (const [, client] of clients) await client.says(/started/);
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await pause((SOAK_SECONDS * 1000 - OUTAGE_MS) / 2);
    cloud.sts.down = true;
    await pause(OUTAGE_MS);
    cloud.sts.down = false;
    await pause((SOAK_SECONDS * 1000 - OUTAGE_MS) / 2);
    for (const [name, client] of clients) {
      client.endInput();
      outcomes.set(
        name,
        client.ended.then(({ stdout, stderr }) => JSON.parse(stdout.split("\n")[1] ?? stderr)),
      );
    }
    await Promise.all(outcomes.values());
    for (const server of servers) await server.stop();
  }

  for (const language of ["boto3", "JavaScript"]) {
    for (const way of ["exec --serve", "serve --as ecs", "serve --as imds"]) {
      const missing = language === "boto3" ? PYTHON_BIN === undefined : !isInstalled("node");
      test.skipIf(missing)(`${language} through ${way}`, async () => {
        const outcome = await outcomes.get(`${language} through ${way}`);
        console.log(`    ${language} through ${way}: ${outcome?.calls} calls, ${outcome?.sets} sets of credentials`);
        expect(outcome?.failures).toEqual([]);
        expect(outcome?.calls).toBeGreaterThan(SOAK_SECONDS);
        expect(outcome?.sets).toBeGreaterThanOrEqual(3);
      });
    }
  }
});

test.skipIf(PYTHON_BIN === undefined)(
  "in exec --serve, boto3 still uses the default profile as the source_profile of another profile",
  async () => {
    const cloud = await startCloud();
    const { accessKeyId, secretAccessKey } = cloud.user1;
    const home = makeHome({
      credentials: `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      config: `[default]\nregion = ap-south-1\nretry_mode = adaptive\n[profile other]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = default\nregion = eu-west-1\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
    });
    const script =
      "import boto3\nfor name in (None, 'other'):\n  s = boto3.Session(profile_name=name)\n  c = s.get_credentials()\n  c.get_frozen_credentials()\n  print(c.method, s._session.get_config_variable('retry_mode'))\n";
    const { stdout } = await home.run(["exec", "--serve", "--", BOTO3[0] ?? "", "-c", script]);
    expect(stdout).toBe("container-role adaptive\nassume-role standard\n");
    home.remove();
    await cloud.stop();
  },
);
