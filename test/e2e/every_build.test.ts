/**
 * What the executable for every machine must do. scripts/emulated runs these tests for the executables of other machines.
 * Each command is one that users run first, and needs a different part of the runtime.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { basename, dirname } from "node:path";
import { hostTarget } from "../../scripts/compile.ts";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { sendRequest } from "../support/send_request.ts";
import { makeHome, parseEnvironment, SUBJECT, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const [PROGRAM = ""] = SUBJECT_ARGV;
const TARGET = process.env.ROLECALL_PROGRAM === undefined ? hostTarget() : basename(dirname(PROGRAM));

let cloud: Cloud;
let home: TestHome;

beforeAll(async () => {
  cloud = await startCloud();
  home = makeHome({
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\nregion = eu-west-3\n`,
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterAll(async () => {
  home.remove();
  await cloud.stop();
});

/** The principal of the credentials that a server responds with. */
async function servedPrincipal(environment: Readonly<Record<string, string>>): Promise<string | undefined> {
  const response = await sendRequest(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "", {
    headers: { authorization: environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "" },
  });
  expect(response.status).toBe(200);
  return cloud.iam.principal(JSON.parse(response.body).AccessKeyId)?.arn;
}

describe.skipIf(SUBJECT !== "compiled")(`the executable for ${TARGET}`, () => {
  test("names its version and target", async () => {
    const { stdout, stderr, exitCode } = await home.run(["--version"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toMatch(/^rolecall \d+\.\d+\.\d+ \(bun [\d.]+, /);
    expect(stdout).toContain(`, ${TARGET})\n`);
  });

  test("explains the plan of a profile", async () => {
    const { stdout, stderr, exitCode } = await home.run(["explain", "-p", "m"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toContain(roleArn("marketingadminrole"));
  });

  test("replaces itself with the command of exec", async () => {
    const argv = [...SUBJECT_ARGV, "exec", "-p", "user1", "--", "sh", "-c", "echo $$; env; exit 7"];
    const { stdout, stderr, exitCode } = await home.runProgram(["sh", "-c", 'echo $$; exec "$@"', "sh", ...argv]);
    expect([stderr, exitCode]).toEqual(["", 7]);
    const [before, after] = stdout.split("\n");
    expect(after).toBe(before);
    expect(parseEnvironment(stdout).AWS_ACCESS_KEY_ID).toBe(cloud.user1.accessKeyId);
  });

  test("assumes a role once, and then uses the cached session", async () => {
    const calls = cloud.sts.calls.length;
    const first = await home.run(["exec", "-p", "m", "--", "env"]);
    expect([first.stderr, first.exitCode]).toEqual(["", 0]);
    const keyId = parseEnvironment(first.stdout).AWS_ACCESS_KEY_ID;
    expect(cloud.iam.principal(keyId ?? "")?.arn).toContain("marketingadminrole");
    const second = await home.run(["exec", "-p", "m", "--", "env"]);
    expect(parseEnvironment(second.stdout).AWS_ACCESS_KEY_ID).toBe(keyId);
    expect(cloud.sts.calls.length - calls).toBe(1);
  });

  test("locks the cache: processes that need the same session make one call", async () => {
    const calls = cloud.sts.calls.length;
    const args = ["export", "-p", "m", "--quiet", "--role-session-name", "shared"];
    const outcomes = await Promise.all([home.run(args), home.run(args)]);
    expect(outcomes.map(({ stderr, exitCode }) => [stderr, exitCode])).toEqual(outcomes.map(() => ["", 0]));
    expect(cloud.sts.calls.length - calls).toBe(1);
  });

  test("serves the command of exec --serve", async () => {
    const program = home.start(["exec", "-p", "m", "--serve", "--", "sh", "-c", "env; echo READY; cat >/dev/null"]);
    await program.says(/READY\n/);
    expect(await servedPrincipal(parseEnvironment(program.stdout()))).toContain("marketingadminrole");
    program.endInput();
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("serves until it is stopped", async () => {
    const server = home.start(["serve", "-p", "m"]);
    await server.says(/TOKEN=.*\n/);
    const environment = parseEnvironment(server.stdout().replaceAll("export ", ""));
    expect(await servedPrincipal(environment)).toContain("marketingadminrole");
    expect((await server.stop()).exitCode).toBe(0);
  });
});
