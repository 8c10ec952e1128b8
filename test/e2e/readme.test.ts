/** Runs every block of commands in the README. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { keysSection } from "../support/aws_files.ts";
import { isInstalled } from "../support/machine.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";

const README = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");

/** The code blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , text]) => text ?? "");
}

/** Without the blocks that run the project's own scripts: `.ci/run` runs those. */
const SCRIPTS = blocks("sh").filter((block) => !block.includes("./scripts/"));

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
  const guarded = `role_arn = ${roleArn("guarded")}\nsource_profile = user1\nmfa_serial = ${mfaArn("user1")}\n`;
  home = makeHome({
    credentials:
      keysSection("user1", cloud.user1) +
      `[marketingadmin]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n` +
      `[guarded]\n${guarded}[other-guarded]\n${guarded}role_session_name = other\n`,
  });
  home.write("bin/rolecall", `#!/bin/sh\nexec ${SUBJECT_COMMAND} "$@"\n`, 0o755);
  for (const command of ["terraform", "aws", "make", "my-server"]) home.write(`bin/${command}`, "#!/bin/sh\n", 0o755);
});
afterAll(async () => {
  home.remove();
  await cloud.stop();
});

/** The environment: keys for commands without a profile, and the endpoints of the simulated services. */
function readmeEnvironment(): Record<string, string> {
  return {
    PATH: `${join(home.path, "bin")}:/usr/local/bin:/usr/bin:/bin`,
    AWS_ACCESS_KEY_ID: cloud.user1.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.user1.secretAccessKey,
    AWS_ENDPOINT_URL_STS: cloud.sts.url,
    AWS_ENDPOINT_URL_SIGNIN: cloud.signIn.url,
    ...imdsVariables(cloud.imds),
    ROLECALL_MFA_CODE: "012345",
    GITHUB_ENV: join(home.path, "github-env"),
  };
}

describe.skipIf(!isInstalled("bash"))("the README's commands", () => {
  for (const script of SCRIPTS.filter((block) => !block.includes("rolecall serve"))) {
    test(script.trim().split("\n")[0] ?? "", async () => {
      const { stderr, exitCode } = await home.runProgram(["bash", "-ec", script], { env: readmeEnvironment() });
      expect([stderr, exitCode]).toEqual(["", 0]);
    });
  }

  const servers = SCRIPTS.filter((block) => block.includes("rolecall serve")).flatMap((block) =>
    block.trim().split("\n"),
  );
  for (const line of servers) {
    test(line, async () => {
      const server = home.startProgram(["bash", "-c", `exec ${line}`], { env: readmeEnvironment() });
      await server.says(/^export AWS_\w+=\S+\n/);
      expect((await server.stop()).exitCode).toBe(0);
    });
  }

  test("the settings file is valid", async () => {
    const [settings = ""] = blocks("toml");
    const file = home.write("settings.toml", settings);
    const env = { ...readmeEnvironment(), AWS_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.container.url}/x` };
    const outcome = await home.run(["explain", "--settings", file, "--role", "deploy"], { env });
    expect([outcome.stderr, outcome.exitCode]).toEqual(["", 0]);
    expect(outcome.stdout).toContain("partner-42");
  });
});

describe("the README's outputs", () => {
  const CONFIG = `[default]
region = eu-central-1

[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = hub
mfa_serial = arn:aws:iam::123456789012:mfa/me

[profile hub]
role_arn = arn:aws:iam::123456789012:role/hub
source_profile = user1
`;
  const CREDENTIALS = `[user1]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
region = us-east-1
`;
  const MISSPELLED = `
[profile staging]
role_arn = arn:aws:iam::123456789012:role/staging
source_profile = depoy

[marketing]
output = json
`;

  /** Nothing listens there; the README shows the address of the real service. */
  const NO_IMDS = "127.0.0.1:9";

  const shown: readonly [command: string, config: string, env: Record<string, string>][] = [
    ["explain -p deploy", CONFIG, { AWS_REGION: "eu-west-3", AWS_ACCESS_KEY_ID: "AKIAX" }],
    ["probe", CONFIG, { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${NO_IMDS}` }],
    ["check", CONFIG + MISSPELLED, {}],
    ["export -p staging", CONFIG + MISSPELLED, {}],
  ];
  for (const [command, config, env] of shown) {
    test(command, async () => {
      const own = makeHome({ config, credentials: CREDENTIALS, env });
      chmodSync(join(own.path, ".aws"), 0o700);
      const { stdout, stderr } = await own.run(command.split(" "));
      const output = `${stdout}${stderr}`.replaceAll(own.path, "/home/me").replaceAll(NO_IMDS, "169.254.169.254");
      const block = blocks("").find((text) => text.startsWith(`$ rolecall ${command}\n`));
      expect(block).toBe(`$ rolecall ${command}\n${output}`);
      own.remove();
    });
  }
});
