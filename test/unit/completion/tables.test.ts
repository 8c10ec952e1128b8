/** The tables of completion agree with the code and data that they repeat. */
import { expect, test } from "bun:test";
import { REGIONS } from "../../../src/completion/regions.ts";
import { OPTIONS } from "../../../src/domain/option_table.ts";
import { CREDENTIAL_SOURCES } from "../../../src/plan/sources/credential_source.ts";

test("the credential sources are those of the plan", () => {
  expect(OPTIONS.find(({ name }) => name === "credential-source")?.completes).toEqual(CREDENTIAL_SOURCES);
});

test("the regions are the public ones, without pseudo-regions", () => {
  const offered = ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"];
  const left = ["aws-global", "aws-cn-global", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"];
  expect(offered.filter((region) => !REGIONS.includes(region))).toEqual([]);
  expect(left.filter((region) => REGIONS.includes(region))).toEqual([]);
});

test("the regions are sorted and each is there once", () => {
  expect(REGIONS).toEqual([...new Set(REGIONS)].sort());
});
