/** The error for an invalid value: its code depends on where the value was set. */
import { describe, expect, test } from "bun:test";
import { invalidValue, RolecallError } from "../../../src/domain/errors.ts";
import type { Origin } from "../../../src/domain/origin.ts";
import { requireDuration } from "../../../src/text/duration.ts";

const POSITION = { file: "config", line: 3, column: 20 };

describe("the code", () => {
  const rows: readonly [what: string, from: Origin, code: string][] = [
    ["an option", { option: "--region" }, "invalid-option"],
    ["the variable of an option", { variable: "ROLECALL_REGION" }, "invalid-option"],
    ["another variable", { variable: "AWS_REGION" }, "invalid-setting"],
    ["a file", POSITION, "invalid-setting"],
    ["a default", { default: "the built-in default" }, "invalid-setting"],
  ];
  for (const [what, from, code] of rows) {
    test(what, () => expect<string>(invalidValue("region", { value: "x y", from }).code).toBe(code));
  }
});

test("the message quotes the value, and the error has its position, its length and the help", () => {
  const error = invalidValue("region", { value: "x y", from: POSITION }, ["use eu-west-1"]);
  expect([error.message, error.at, error.length, error.help]).toEqual([
    'invalid region "x y"',
    POSITION,
    3,
    ["use eu-west-1"],
  ]);
});

describe("requireDuration", () => {
  test("keeps the origin and the overridden values", () => {
    const overrides = [{ value: "5m", from: POSITION }];
    const from = { option: "--min-ttl" };
    expect(requireDuration({ value: "15m", from, overrides })).toEqual({ value: 900, from, overrides });
  });

  test("rejects a text that is not a duration", () => {
    const error = expectError(() => requireDuration({ value: "soon", from: { option: "--min-ttl" } }));
    expect([error.code, error.message, error.help]).toEqual([
      "invalid-option",
      'invalid duration "soon"',
      ["use seconds or a unit, such as 900, 15m or 1h"],
    ]);
  });
});

function expectError(act: () => unknown): RolecallError {
  try {
    act();
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
