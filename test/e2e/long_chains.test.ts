/** Chains of very many profiles. Each of these commands once needed minutes, or overflowed the stack. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { makeHome, type TestHome } from "../support/subject.ts";

// Deno and a busy machine need longer than the default of five seconds for files of this size.
setDefaultTimeout(120_000);

const KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret/example\n";
/** Nothing listens on port 1, so the first call of STS fails. */
const NO_STS = { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1", AWS_EC2_METADATA_DISABLED: "true" };

function chain(length: number, last: string): string {
  return Array.from(
    { length },
    (_, i) =>
      `[profile p${i}]\nrole_arn = arn:aws:iam::123456789012:role/r${i}\n` +
      `source_profile = ${i === length - 1 ? last : `p${i + 1}`}\n`,
  ).join("");
}

describe("a chain of 20,000 profiles", () => {
  let home: TestHome;
  beforeAll(() => {
    home = makeHome({ config: `${chain(20_000, "base")}[profile base]\n${KEYS}`, env: NO_STS });
  });
  afterAll(() => home.remove());

  test.each([
    ["exec", ["exec", "-p", "p0", "true"], 125],
    ["export", ["export", "-p", "p0"], 1],
  ])("%s assumes the first role with the keys", async (_, args, code) => {
    const { stderr, exitCode } = await home.run(args);
    expect(stderr).toStartWith(
      "error[sts-unreachable]: AssumeRole arn:aws:iam::123456789012:role/r19999: STS at http://127.0.0.1:1",
    );
    expect(exitCode).toBe(code);
  });

  test("explain shows all roles in order", async () => {
    const { stdout, exitCode } = await home.run(["explain", "-p", "p0", "--json"]);
    expect(exitCode).toBe(0);
    const steps: { roleArn?: string }[] = JSON.parse(stdout).steps;
    expect(steps.length).toBe(20_001);
    expect(steps[1]?.roleArn).toBe("arn:aws:iam::123456789012:role/r19999");
    expect(steps.at(-1)?.roleArn).toBe("arn:aws:iam::123456789012:role/r0");
  });

  test("profiles lists them as roles", async () => {
    const { stdout, exitCode } = await home.run(["profiles", "--json"]);
    expect(exitCode).toBe(0);
    const kinds = JSON.parse(stdout).map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual([...Array<string>(20_000).fill("role"), "static"]);
  });

  test("check reports the length once", async () => {
    const { stdout, exitCode } = await home.run(["check", "--json"]);
    expect(exitCode).toBe(0);
    const codes = JSON.parse(stdout).map(({ code }: { code: string }) => code);
    expect(codes.filter((code: string) => code === "chain-too-long")).toEqual(["chain-too-long"]);
  });
});

describe("a cycle of 1,000 profiles", () => {
  let home: TestHome;
  beforeAll(() => {
    home = makeHome({ config: chain(1000, "p0"), env: NO_STS });
  });
  afterAll(() => home.remove());

  test.each([
    ["exec", ["exec", "-p", "p0", "true"], 125],
    ["explain", ["explain", "-p", "p0"], 2],
    ["whoami", ["whoami", "-p", "p0"], 2],
  ])("is an error of %s that names its first and last profiles", async (_, args, code) => {
    const { stderr, exitCode } = await home.run(args);
    expect(stderr).toStartWith(
      "error[source-profile-loop]: source_profile forms a cycle: p0 -> p1 -> p2 -> p3 -> p4 -> (991 more) -> " +
        "p996 -> p997 -> p998 -> p999 -> p0\n",
    );
    expect(exitCode).toBe(code);
  });

  test("profiles lists all of them as broken", async () => {
    const { stdout, exitCode } = await home.run(["profiles", "--json"]);
    expect(exitCode).toBe(0);
    const kinds = JSON.parse(stdout).map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(Array<string>(1000).fill("broken"));
  });

  test("check reports it once", async () => {
    const { stdout } = await home.run(["check", "--json"]);
    const codes = JSON.parse(stdout).map(({ code }: { code: string }) => code);
    expect(codes.filter((code: string) => code.startsWith("chain") || code.startsWith("source"))).toEqual([
      "chain-too-long",
    ]);
  });
});
