/** Python: boto3 and the AWS CLI with rolecall as credential_process, and moto as the STS server. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, SUBJECT_COMMAND, type TestHome } from "../support/subject.ts";
import { AWS_CLI, PYTHON_BIN } from "./python.ts";

let home: TestHome;
afterEach(() => home.remove());

describe.skipIf(PYTHON_BIN === undefined)("moto as STS (needs Python and a package index)", () => {
  let moto: ChildProcess;
  let url = "";

  beforeAll(async () => {
    moto = spawn(join(PYTHON_BIN ?? "", "moto_server"), ["-H", "127.0.0.1", "-p", "0"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    // It prints its address.
    url = await new Promise((resolve, reject) => {
      let text = "";
      const read = (chunk: Buffer) => {
        text += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
        if (found !== null) resolve(found[0]);
      };
      moto.stdout?.on("data", read);
      moto.stderr?.on("data", read);
      moto.once("exit", () => reject(new Error(`moto_server ended: ${text}`)));
    });
  });
  afterAll(() => void moto.kill());

  test("AssumeRole, and then GetCallerIdentity with the role's credentials", async () => {
    home = makeHome({
      env: { AWS_ENDPOINT_URL_STS: url, AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" },
    });
    const args = ["--role-arn", roleArn("deploy"), "--role-session-name", "interop", "--region", "eu-west-1"];
    const { stdout, stderr } = await home.run(["whoami", "--json", ...args]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).arn).toBe("arn:aws:sts::123456789012:assumed-role/deploy/interop");
  });
});

describe.skipIf(PYTHON_BIN === undefined)("boto3 (needs Python and a package index)", () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => await cloud.stop());

  const IDENTITY =
    "import boto3, sys; print(boto3.Session(profile_name=sys.argv[1] if len(sys.argv) > 1 else None).client('sts', region_name='eu-west-1').get_caller_identity()['Arn'])";

  function homeWith(profiles: string): TestHome {
    return makeHome({
      config: profiles,
      credentials: `${keysSection("user1", cloud.user1)}[m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\n`,
      env: { AWS_ENDPOINT_URL_STS: cloud.sts.url },
    });
  }

  test("with credential_process = rolecall export", async () => {
    home = homeWith(`[profile app]\ncredential_process = ${SUBJECT_COMMAND} export --profile m\n`);
    const { stdout, stderr } = await home.runProgram([join(PYTHON_BIN ?? "", "python"), "-c", IDENTITY, "app"]);
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/rolecall-session-");
  });

  test("the AWS CLI, with credential_process = rolecall export", async () => {
    home = homeWith(`[profile app]\nregion = eu-west-1\ncredential_process = ${SUBJECT_COMMAND} export --profile m\n`);
    const argv = [...AWS_CLI, "sts", "get-caller-identity", "--profile", "app"];
    const { stdout, stderr } = await home.runProgram(argv);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).Arn).toContain(":assumed-role/marketingadminrole/rolecall-session-");
  });

  test("the AWS CLI uses the session that rolecall cached, and the other way round", async () => {
    home = homeWith("[profile m]\nregion = eu-west-1\n");
    const before = cloud.sts.calls.length;
    const ours = JSON.parse((await home.run(["whoami", "--json", "-p", "m"])).stdout).arn;
    const aws = [...AWS_CLI, "sts", "get-caller-identity", "--profile", "m"];
    expect(JSON.parse((await home.runProgram(aws)).stdout).Arn).toBe(ours);
    await home.runProgram(["rm", "-r", join(home.path, ".aws/cli")]);
    const theirs = JSON.parse((await home.runProgram(aws)).stdout).Arn;
    expect(JSON.parse((await home.run(["whoami", "--json", "-p", "m"])).stdout).arn).toBe(theirs);
    const assumed = cloud.sts.calls.slice(before).filter((call) => call.action === "AssumeRole");
    expect(assumed.length).toBe(2);
  });

  test("as the command of exec", async () => {
    home = homeWith("");
    const { stdout, stderr } = await home.run([
      "exec",
      "-p",
      "m",
      "--",
      join(PYTHON_BIN ?? "", "python"),
      "-c",
      IDENTITY,
    ]);
    expect(stderr).toBe("");
    expect(stdout).toContain(":assumed-role/marketingadminrole/rolecall-session-");
  });
});
