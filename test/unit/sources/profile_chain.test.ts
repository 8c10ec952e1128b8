/** The chain of profiles whose credential processes led to this process, in the variable of the AWS CLI. */
import { describe, expect, test } from "bun:test";
import { RolecallError } from "../../../src/domain/errors.ts";
import { rejectCycle, withProfileInChain } from "../../../src/sources/profile_chain.ts";

const VARIABLE = "_AWS_CLI_PROFILE_CHAIN";

describe("the variable for the next process", () => {
  const rows: readonly [before: string | undefined, profile: string, after: string][] = [
    [undefined, "a", "a"],
    ["", "a", "a"],
    ["a", "b", "a,b"],
    ["a,b", "c", "a,b,c"],
    // As Python's csv module writes a field.
    ["a", "with,comma", 'a,"with,comma"'],
    ['"with,comma"', "b", '"with,comma",b'],
    ["a", 'with"quote', 'a,"with""quote"'],
    ['"with""quote"', "b", '"with""quote",b'],
    ["a", "two words", "a,two words"],
  ];
  for (const [before, profile, after] of rows) {
    test(`${before} and ${profile}`, () => {
      expect(withProfileInChain({ [VARIABLE]: before, PATH: "/bin" }, profile)).toEqual({ [VARIABLE]: after });
    });
  }
});

describe("a profile is a cycle", () => {
  const rows: readonly [chain: string | undefined, profile: string, isCycle: boolean][] = [
    [undefined, "a", false],
    ["a", "b", false],
    ["a", "a", true],
    ["a,b,c", "b", true],
    ["a,b,c", "d", false],
    // The AWS CLI allows four levels.
    ["a,b,c,d", "e", true],
    ['"x,y"', "x", false],
    ['"x,y"', "x,y", true],
    ["abc", "b", false],
  ];
  for (const [chain, profile, isCycle] of rows) {
    test(`${profile} after ${chain}: ${isCycle}`, () => {
      const check = () => rejectCycle({ [VARIABLE]: chain }, profile);
      if (isCycle) expect(check).toThrow(RolecallError);
      else expect(check).not.toThrow();
    });
  }

  test("and the error has the profiles in order", () => {
    try {
      rejectCycle({ [VARIABLE]: "a,b" }, "a");
      throw new Error("no error");
    } catch (error) {
      if (!(error instanceof RolecallError)) throw error;
      expect(error.code).toBe("process-loop");
      expect([error.message, ...error.help].join()).toMatch(/a (→|->) b (→|->) a/);
    }
  });
});
