/** The CA bundle of a setting. */
import { describe, expect, test } from "bun:test";
import { type ErrorCode, RolecallError } from "../../../src/domain/errors.ts";
import type { Origin } from "../../../src/domain/origin.ts";
import { readCaBundle } from "../../../src/sources/ca_bundle.ts";
import { systemError, type TestEffectsOptions, testEffects } from "../../support/test_effects.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const VARIABLE = { variable: "AWS_CA_BUNDLE" };

function read(files: TestEffectsOptions["files"] = {}, from: Origin = VARIABLE): string | undefined {
  return readCaBundle({ caBundle: { value: "/ca.pem", from } }, testEffects({ files }));
}

test("is undefined if none is configured", () => {
  expect(readCaBundle({ caBundle: undefined }, testEffects())).toBeUndefined();
});

test("is the text of the file", () => expect(read({ "/ca.pem": PEM })).toBe(PEM));

describe("an error", () => {
  const rows: readonly [what: string, files: TestEffectsOptions["files"], from: Origin, code: ErrorCode][] = [
    ["a file that does not exist", {}, VARIABLE, "invalid-setting"],
    ["a file that cannot be read", { "/ca.pem": systemError("EACCES") }, VARIABLE, "invalid-setting"],
    ["a file without a certificate", { "/ca.pem": "text" }, VARIABLE, "invalid-setting"],
    ["a file that an option names", {}, { option: "--ca-bundle" }, "invalid-option"],
  ];
  for (const [what, files, from, code] of rows) {
    test(what, () => {
      try {
        read(files, from);
        throw new Error("no error");
      } catch (error) {
        if (!(error instanceof RolecallError)) throw error;
        expect([error.code, error.at, error.length]).toEqual([code, from, 7]);
        expect(error.message).toContain("/ca.pem");
      }
    });
  }
});
