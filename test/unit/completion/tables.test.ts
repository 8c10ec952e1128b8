/** What is copied for completion is what its owners say. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { REGIONS } from "../../../src/completion/regions.ts";
import { OPTIONS } from "../../../src/domain/option_table.ts";
import { CREDENTIAL_SOURCES } from "../../../src/plan/sources/credential_source.ts";

test("the credential sources are those that the plan knows", () => {
  expect(OPTIONS.find(({ name }) => name === "credential-source")?.completes).toEqual(CREDENTIAL_SOURCES);
});

test("the regions are those that the AWS SDK knows, but for the secret ones and the global pseudo-regions", () => {
  const file = "../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
  const text = readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
  const known = [...text.matchAll(/^\s+"([a-z]+(?:-[a-z]+)+-\d)": \{/gm)].map(([, name = ""]) => name);
  expect([...REGIONS].sort()).toEqual(known.filter((name) => !/^(us-iso|eu-iso)/.test(name)).sort());
});
