/** The container credentials endpoint: the shared cases of ecs-tests.json, and the hosts that plain http is allowed to. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../../src/domain/errors.ts";
import { containerStep } from "../../../../src/plan/sources/container.ts";
import { cases } from "../../../support/cases.ts";

interface Case {
  readonly docs: string;
  readonly env: Readonly<Record<string, string>>;
  readonly result: { readonly Ok?: string; readonly ErrorContains?: string };
}

function outcome(env: Readonly<Record<string, string>>): string | undefined {
  try {
    return containerStep(env)?.url;
  } catch (error) {
    if (error instanceof RolecallError) return error.code;
    throw error;
  }
}

describe("ecs-tests.json", () => {
  for (const testCase of cases<{ tests: readonly Case[] }>("ecs-tests.json").tests) {
    test(testCase.docs, () => {
      const found = outcome(testCase.env);
      if (testCase.result.Ok !== undefined) expect(found).toBe(testCase.result.Ok);
      else expect(["container-endpoint-refused", undefined]).toContain(found);
    });
  }
});

describe("hosts over plain http", () => {
  const rows: readonly [host: string, allowed: boolean][] = [
    ["127.0.0.1:80", true],
    ["127.9.9.9", true],
    ["[::1]:8080", true],
    ["[FD00:EC2::23]", true],
    ["LOCALHOST", true],
    ["localhost.evil.example", false],
    ["127.0.0.1.evil.example", false],
    ["127.0.0.1@evil.example", false],
    ["169.254.170.3", false],
    ["169.254.169.254", false],
    ["[::]", false],
    ["0.0.0.0", false],
  ];
  for (const [host, allowed] of rows) {
    test(`${host} is ${allowed ? "allowed" : "not allowed"}`, () => {
      const found = outcome({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${host}/x` });
      expect(found !== "container-endpoint-refused").toBe(allowed);
    });
  }
});
