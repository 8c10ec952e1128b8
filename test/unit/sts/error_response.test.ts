/** Explanations of STS's errors that depend on the region. */
import { describe, expect, test } from "bun:test";
import { explainErrorResponse } from "../../../src/sts/error_response.ts";
import type { FailedCall } from "../../../src/sts/failed_call.ts";

function callIn(region: string, endpoint?: string): FailedCall {
  const from = { variable: "AWS_REGION" };
  return {
    what: "GetCallerIdentity",
    request: {},
    origins: { signer: { what: "the environment", at: from, refreshHelp: "" } },
    url: "https://sts.example",
    endpoint: endpoint === undefined ? undefined : { value: endpoint, from: { variable: "AWS_ENDPOINT_URL_STS" } },
    region: { value: region, from },
    signingRegion: region,
    isFromSts: true,
    clock: undefined,
    secrets: [],
  };
}

describe("an unknown access key", () => {
  const response = { name: "InvalidClientTokenId", message: "The security token included in the request is invalid." };
  const rows: readonly [region: string, endpoint: string | undefined, isOptIn: boolean][] = [
    ["af-south-1", undefined, true],
    ["eu-south-2", undefined, true],
    ["mx-central-1", undefined, true],
    ["af-south-1", "https://vpce-1.sts.af-south-1.vpce.amazonaws.com", true],
    ["af-south-1", "http://127.0.0.1:4566", false],
    ["eu-west-1", undefined, false],
    ["us-east-1", undefined, false],
    ["cn-north-1", undefined, false],
    ["us-gov-west-1", undefined, false],
  ];
  for (const [region, endpoint, isOptIn] of rows) {
    test(`in ${region}${endpoint === undefined ? "" : ` at ${endpoint}`}: ${isOptIn ? "names" : "does not name"} the opt-in region`, () => {
      const help = explainErrorResponse(response, callIn(region, endpoint))?.help ?? [];
      expect(help.some((line) => line.startsWith(`enable the region ${region} for the account`))).toBe(isOptIn);
      expect(help.at(-1)).toStartWith("check that the access key exists");
    });
  }
});
