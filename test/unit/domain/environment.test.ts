/** Variables on Windows, where names are the same in any case. */
import { expect, test } from "bun:test";
import { execEnvironment } from "../../../src/deliver/exec_environment.ts";
import { variableKey, withChange, withVariableKeys } from "../../../src/domain/environment.ts";

test("a variable is found in any case", () => {
  expect(withVariableKeys({ Path: "C:\\bin", aws_profile: "a" }, "win32")).toEqual({
    PATH: "C:\\bin",
    AWS_PROFILE: "a",
  });
  expect(withVariableKeys({ Path: "C:\\bin" }, "linux")).toEqual({ Path: "C:\\bin" });
  expect([variableKey("Path", "win32"), variableKey("Path", "linux")]).toEqual(["PATH", "Path"]);
});

test("exec removes and replaces a variable in any case, and keeps the names of others", () => {
  const keys = { accessKeyId: "AKIA", secretAccessKey: "secret" };
  const change = execEnvironment(keys, "eu-west-1", undefined);
  const before = { Path: "C:\\bin", Aws_Profile: "other", aws_session_token: "old", Aws_Region: "us-east-1" };
  expect(Object.fromEntries(withChange(before, change, "win32"))).toEqual({
    Path: "C:\\bin",
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
  });
  expect(withChange({ Aws_Profile: "other" }, change, "linux").get("Aws_Profile")).toBe("other");
});
