/** The sources that `credential_source` names. */
import { describe, expect, test } from "bun:test";
import type { Environment } from "../../../../src/domain/environment.ts";
import { type ErrorCode, RolecallError } from "../../../../src/domain/errors.ts";
import type { SourceStep } from "../../../../src/plan/plan.ts";
import { containerChain } from "../../../../src/plan/sources/credential_source.ts";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const KEYS = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" };

function situation(name: string, environment: Environment): Situation {
  const config = `[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/deploy\ncredential_source = ${name}\n`;
  return { config, environment, options: { profile: "dev" } };
}

describe("a source", () => {
  const rows: readonly [name: string, environment: Environment, kind: SourceStep["kind"]][] = [
    // Although a profile was named by an option.
    ["Environment", KEYS, "environment"],
    ["EcsContainer", { [RELATIVE]: "/creds" }, "container"],
    ["EcsContainer", { ...KEYS, [FULL]: "http://127.0.0.1/creds" }, "container"],
    ["Ec2InstanceMetadata", { ...KEYS, [RELATIVE]: "/creds" }, "ec2"],
    ["Ec2InstanceMetadata", { AWS_EC2_METADATA_DISABLED: "false" }, "ec2"],
  ];
  for (const [name, environment, kind] of rows) {
    test(`${name} with ${Object.keys(environment)}`, () => {
      const { source } = planOf(situation(name, environment)).plan;
      expect(source.kind).toBe(kind);
      // The origin is the line that names the source.
      expect(source.from).toMatchObject({ file: "config", line: 3 });
      expect(source.kind === "ec2" ? source.named : true).toBe(true);
    });
  }
});

describe("an error", () => {
  const rows: readonly [name: string, environment: Environment, code: ErrorCode, mention: string][] = [
    ["Environment", {}, "credential-source-empty", "AWS_ACCESS_KEY_ID"],
    ["EcsContainer", {}, "credential-source-empty", RELATIVE],
    ["EcsContainer", { [RELATIVE]: "" }, "credential-source-empty", "FULL_URI"],
    [
      "Ec2InstanceMetadata",
      { AWS_EC2_METADATA_DISABLED: "true" },
      "credential-source-empty",
      "AWS_EC2_METADATA_DISABLED",
    ],
    ["environment", KEYS, "unknown-credential-source", "Environment"],
    ["Ec2instanceMetadata", {}, "unknown-credential-source", "Ec2InstanceMetadata"],
    ["Vault", {}, "unknown-credential-source", "Environment, Ec2InstanceMetadata, EcsContainer"],
  ];
  for (const [name, environment, code, mention] of rows) {
    test(`${name} with ${Object.keys(environment).join() || "nothing"}`, () => {
      const error = errorOf(situation(name, environment));
      expect(error).toMatchObject({ code, at: { file: "config", line: 3 }, length: name.length });
      expect([error?.message, ...(error?.help ?? [])].join("\n")).toContain(mention);
    });
  }

  test("half a key pair", () => {
    expect(errorOf(situation("Environment", { AWS_ACCESS_KEY_ID: "AKID" }))?.code).toBe("partial-credentials");
  });
});

describe("the variables of the container", () => {
  const rows: readonly [what: string, environment: Environment, url: string, ignored: readonly string[]][] = [
    ["the relative URI alone counts", { [RELATIVE]: "/creds" }, "http://169.254.170.2/creds", []],
    ["the full URI alone counts", { [FULL]: "http://127.0.0.1/full" }, "http://127.0.0.1/full", []],
    [
      "the full URI is ignored beside the relative one",
      { [RELATIVE]: "/creds", [FULL]: "http://127.0.0.1/full" },
      "http://169.254.170.2/creds",
      [FULL],
    ],
    [
      "an empty relative URI is not set",
      { [RELATIVE]: "", [FULL]: "http://127.0.0.1/full" },
      "http://127.0.0.1/full",
      [],
    ],
  ];
  for (const [what, environment, url, ignored] of rows) {
    test(what, () => {
      const chain = containerChain(environment);
      expect(chain?.source).toMatchObject({ kind: "container", url });
      expect(chain?.ignored.map((one) => one.what)).toEqual([...ignored]);
      expect(chain?.ignored.filter((one) => !one.why.includes(RELATIVE))).toEqual([]);
    });
  }

  test("without either there is no source", () => expect(containerChain({})).toBeUndefined());

  test("an invalid relative URI is an error, even if the full URI is valid", () => {
    const environment = { [RELATIVE]: "@example.com/creds", [FULL]: "http://127.0.0.1/full" };
    expect(() => containerChain(environment)).toThrow(RolecallError);
  });
});
