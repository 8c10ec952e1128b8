/**
 * SDKs as clients of the servers: no call may fail, despite short-lived credentials, refreshes and outages of STS. The
 * clients run until each of them has had three sets of credentials, with an outage before the second one, and at least
 * for ROLECALL_SOAK_SECONDS (default 20; `.ci/run` uses 120).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { type SimulatedSts, startSts } from "../cloud/sts.ts";
import { keysSection } from "../support/aws_files.ts";
import { isInstalled } from "../support/machine.ts";
import { makeHome, parseEnvironment, type RunningProgram, type TestHome } from "../support/subject.ts";
import { waitUntil } from "../support/wait_until.ts";
import { AWS_CLI, PYTHON_BIN } from "./python.ts";

const SOAK_SECONDS = Number(process.env.ROLECALL_SOAK_SECONDS ?? 20);
const MIN_SETS = 3;
/** The servers refresh after half of it. An outage takes about four seconds, so a slow machine has 16 more. */
const SESSION_SECONDS = 40;
/** For calls that begin just before the credentials expire. */
const GRACE_SECONDS = 600;

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");
const BOTO3 = [join(PYTHON_BIN ?? "", "python"), join(HERE, "served_client.py")];
const JAVASCRIPT = ["node", "--no-warnings", join(HERE, "served_client.mjs")];

describe("clients are not affected by refreshes", () => {
  let cloud: Cloud;
  let home: TestHome;
  /** The STS that the clients call. It knows the same principals and is never down. */
  let service: SimulatedSts;
  const outcomes = new Map<string, { calls: number; sets: number; failures: string[] }>();
  /** The number of calls that each server has made to STS, by its session name. */
  const calls = new Map<string, number>();

  beforeAll(
    async () => {
      cloud = await startCloud();
      service = await startSts(cloud.iam);
      cloud.sts.sessionSeconds = SESSION_SECONDS;
      service.graceSeconds = GRACE_SECONDS;
      // The outages are counted in calls, so each server has the same ones: every other refresh fails twice.
      cloud.sts.down = ({ parameters: { RoleSessionName = "" } }) => {
        const count = (calls.get(RoleSessionName) ?? 0) + 1;
        calls.set(RoleSessionName, count);
        return count % 4 === 2 || count % 4 === 3;
      };
      home = makeHome({
        credentials:
          `[default]\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n` +
          keysSection("user1", cloud.user1) +
          `[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
        env: { PATH: process.env.PATH ?? "", AWS_REGION: "eu-west-1" },
      });
      await soak();
    },
    (SOAK_SECONDS + 600) * 1000,
  );
  afterAll(async () => {
    home.remove();
    await service.stop();
    await cloud.stop();
  });

  /** The servers call the STS with the outage; the clients call the other one. */
  const options = (sessionName: string) => [
    ...["-p", "m", "--no-cache", "--endpoint-url", cloud.sts.url, "--role-session-name", sessionName],
  ];
  /** One failed call is a failed refresh. */
  const ONE_ATTEMPT = { AWS_MAX_ATTEMPTS: "1" };
  const clientEnv = (): Record<string, string> => ({
    AWS_ENDPOINT_URL_STS: service.url,
    AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
    // The default of one second may not be enough on a busy machine.
    AWS_METADATA_SERVICE_TIMEOUT: "60",
  });

  async function soak(): Promise<void> {
    const servers: RunningProgram[] = [];
    const clients: [string, RunningProgram][] = [];
    for (const [language, client] of [
      ["boto3", BOTO3],
      ["JavaScript", JAVASCRIPT],
    ] as const) {
      if (language === "boto3" ? PYTHON_BIN === undefined : !isInstalled("node")) continue;
      const command = ["exec", ...options(`${language}-exec`), "--serve", "--", ...client];
      const execEnv = { AWS_ENDPOINT_URL_STS: service.url, ...ONE_ATTEMPT };
      clients.push([`${language} through exec --serve`, home.start(command, { cwd: ROOT, env: execEnv })]);
      for (const service of ["ecs", "imds"]) {
        const server = home.start(["serve", ...options(`${language}-${service}`), "--as", service], {
          env: ONE_ATTEMPT,
        });
        servers.push(server);
        await server.says(service === "ecs" ? /TOKEN=\S+\n/ : /ENDPOINT=\S+\n/);
        const env = { ...clientEnv(), ...parseEnvironment(server.stdout().replaceAll("export ", "")) };
        const argv = service === "imds" && language === "boto3" ? [...client, "new-sessions"] : client;
        clients.push([`${language} through serve --as ${service}`, home.startProgram(argv, { cwd: ROOT, env })]);
      }
    }
    await Promise.all([
      Bun.sleep(SOAK_SECONDS * 1000),
      ...clients.map(([, client]) => client.says(new RegExp(`^set ${MIN_SETS}$`, "m"))),
    ]);
    for (const [name, client] of clients) {
      client.endInput();
      const { stdout, stderr } = await client.ended;
      outcomes.set(name, JSON.parse(stdout.trim().split("\n").at(-1) ?? stderr));
    }
    for (const server of servers) await server.stop();
  }

  for (const language of ["boto3", "JavaScript"]) {
    for (const way of ["exec --serve", "serve --as ecs", "serve --as imds"]) {
      const missing = language === "boto3" ? PYTHON_BIN === undefined : !isInstalled("node");
      test.skipIf(missing)(`${language} through ${way}`, () => {
        const outcome = outcomes.get(`${language} through ${way}`);
        console.log(`    ${language} through ${way}: ${outcome?.calls} calls, ${outcome?.sets} sets of credentials`);
        expect(outcome?.failures).toEqual([]);
        expect(outcome?.sets).toBeGreaterThanOrEqual(MIN_SETS);
        expect(outcome?.calls).toBeGreaterThanOrEqual(MIN_SETS);
        // The first call, a refresh that fails twice, and one that succeeds at once.
        expect(calls.get(`${language}-${way.split(" ").at(way === "exec --serve" ? 0 : -1)}`)).toBeGreaterThanOrEqual(
          5,
        );
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

test.skipIf(PYTHON_BIN === undefined)(
  "in exec --serve, what the AWS CLI configures is written to the user's own files",
  async () => {
    const home = makeHome({
      credentials: "# mine\n[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = secret\n",
      config: "[default]\nregion = ap-south-1\ncli_pager =\n[profile other]\nregion = eu-west-1\n",
      env: { AWS_EC2_METADATA_DISABLED: "true" },
    });
    const aws = AWS_CLI.map((argument) => `'${argument}'`).join(" ");
    const script = `
      ${aws} configure set aws_access_key_id AKIAROTATED && ${aws} configure set aws_secret_access_key rotated &&
      ${aws} configure set region eu-west-3 && ${aws} configure set s3.max_queue_size 5 &&
      ${aws} configure set output json --profile other && ${aws} configure get aws_access_key_id`;
    const { stdout, stderr } = await home.run(["exec", "--serve", "--", "sh", "-c", script]);
    expect([stdout, stderr]).toEqual(["AKIAROTATED\n", ""]);
    const read = (name: string) => readFileSync(join(home.path, ".aws", name), "utf8");
    await waitUntil(() => read("credentials").includes("rotated") && read("config").includes("json"));
    expect(read("credentials")).toBe(
      "# mine\n[default]\naws_access_key_id = AKIAROTATED\naws_secret_access_key = rotated\n",
    );
    expect(read("config")).toBe(
      "[default]\nregion = eu-west-3\ncli_pager =\ns3 =\n    max_queue_size = 5\n[profile other]\nregion = eu-west-1\noutput = json\n",
    );
    home.remove();
  },
);

test.skipIf(PYTHON_BIN === undefined)("in exec --serve, boto3 does not use the keys in a file of boto", async () => {
  const cloud = await startCloud();
  const home = makeHome({
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  const boto = "[Credentials]\naws_access_key_id = AKIASTRANGER\naws_secret_access_key = stranger\n";
  home.write(".boto", boto);
  const env = { BOTO_CONFIG: home.write("named", boto) };
  const script = "import boto3; c = boto3.Session().get_credentials(); print(c.method, c.access_key)";
  const client = [BOTO3[0] ?? "", "-c", script];
  const command = ["exec", "-p", "user1", "--serve", "--", ...client];
  expect((await home.runProgram(client)).stdout).toBe("boto-config AKIASTRANGER\n");
  for (const options of [{}, { env }]) {
    expect((await home.run(command, options)).stdout).toBe(`container-role ${cloud.user1.accessKeyId}\n`);
  }
  home.remove();
  await cloud.stop();
});
