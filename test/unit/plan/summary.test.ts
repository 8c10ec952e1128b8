/** Summaries of profiles: those of long chains agree with their plans, and take linear time. */
import { describe, expect, test } from "bun:test";
import { diceFrom } from "../../../scripts/fuzzing/dice.ts";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import type { SharedConfig } from "../../../src/config/shared_config.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { summarizeProfiles } from "../../../src/plan/summary.ts";

const KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n";
const ROLE = "role_arn = arn:aws:iam::123456789012:role/r\n";

function parsed(text: string): SharedConfig {
  return mergeSharedConfig(parseIni(text, "config"), undefined, { configFile: "config", credentialsFile: "none" });
}

/** A chain of the profiles p0, p1, … that ends at the profile `last`. */
function chain(length: number, last: string, extra: (index: number) => string = () => ""): string {
  return Array.from(
    { length },
    (_, i) => `[profile p${i}]\n${ROLE}source_profile = ${i === length - 1 ? last : `p${i + 1}`}\n${extra(i)}`,
  ).join("");
}

/** Of each profile, the kind or the code of the error. */
function kinds(text: string): Record<string, string> {
  return Object.fromEntries(
    summarizeProfiles(parsed(text)).map(({ name, kind, error }) => [name, error?.code ?? kind]),
  );
}

describe("a chain of 200 profiles", () => {
  const rows: readonly [what: string, text: string, expected: (index: number) => string][] = [
    ["of roles", `${chain(200, "base")}[profile base]\n${KEYS}`, () => "role"],
    ["whose source is not defined", chain(200, "gone"), () => "source-profile-not-found"],
    ["whose source has no credentials", `${chain(200, "base")}[profile base]\n`, () => "source-profile-empty"],
    ["that is a cycle", chain(200, "p0"), () => "source-profile-loop"],
    ["that leads into a cycle", chain(200, "p198"), () => "source-profile-loop"],
    [
      "with an error of one profile",
      `${chain(200, "base", (i) => (i === 100 ? "duration_seconds = x\n" : ""))}[profile base]\n${KEYS}`,
      (i) => (i <= 100 ? "invalid-setting" : "role"),
    ],
    [
      "with a duration above the limit of chained roles",
      `${chain(200, "base", (i) => (i === 100 ? "duration_seconds = 7200\n" : ""))}[profile base]\n${KEYS}`,
      (i) => (i <= 100 ? "invalid-setting" : "role"),
    ],
    [
      "with an invalid setting of one chosen profile only",
      `${chain(200, "base", (i) => (i === 100 ? "endpoint_url = x\n" : ""))}[profile base]\n${KEYS}`,
      (i) => (i === 100 ? "invalid-setting" : "role"),
    ],
  ];
  for (const [what, text, expected] of rows) {
    test(what, () => {
      const found = kinds(text);
      for (let i = 0; i < 200; i++) expect(`p${i} ${found[`p${i}`]}`).toBe(`p${i} ${expected(i)}`);
    });
  }

  test("lists the profiles in the order of the file", () => {
    const names = summarizeProfiles(parsed(chain(200, "p0"))).map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 200 }, (_, i) => `p${i}`));
  });
});

test.each([
  ["a chain", (n: number) => `${chain(n, "base")}[profile base]\n${KEYS}`],
  ["a cycle", (n: number) => chain(n, "p0")],
  ["a chain into a cycle", (n: number) => chain(n, `p${n - 2}`)],
  ["a chain whose source is not defined", (n: number) => chain(n, "gone")],
])("the settings that are read for %s grow with its length, not with its square", (_, text) => {
  expect(readsOf(text(1000)) / readsOf(text(500))).toBeLessThan(2.5);
});

/** How often a summary reads a setting of a profile. */
function readsOf(text: string): number {
  let reads = 0;
  class CountingMap<K, V> extends Map<K, V> {
    override get(key: K): V | undefined {
      reads++;
      return super.get(key);
    }
    override has(key: K): boolean {
      reads++;
      return super.has(key);
    }
  }
  const config = parsed(text);
  const profiles = new Map(
    [...config.profiles].map(([name, profile]) => [name, { ...profile, settings: new CountingMap(profile.settings) }]),
  );
  reads = 0;
  summarizeProfiles({ ...config, profiles });
  return reads;
}

/** A key without meaning makes each profile different from all others, so that none is summarized as another one is. */
test("profiles with the same settings are summarized as each of them is alone", () => {
  const { below, chance, pick } = diceFrom(7);
  const kindsFound = new Set<string>();
  for (let round = 0; round < 200; round++) {
    const names = ["a", "b", "c", "d", "e", "f", "default"];
    const profiles = names.map((name) => {
      const lines = [
        ...(chance(0.9)
          ? [`role_arn = arn:${pick(["aws", "aws-cn", "aws-eu"])}:iam::12345678901${below(9)}:role/${name}`]
          : []),
        ...(chance(0.9) ? [`source_profile = ${pick(["a", "b", "keys", "keys", "keys", name])}`] : []),
        ...(chance(0.7) ? ["region = eu-west-1"] : []),
        ...(chance(0.1) ? [`duration_seconds = ${pick(["900", "x"])}`] : []),
        ...(chance(0.1) ? ["aws_access_key_id = AKIAEXAMPLE", "aws_secret_access_key = secret"] : []),
        ...(chance(0.1) ? [`endpoint_url = ${pick(["http://localhost", "x"])}`] : []),
      ];
      return { name, lines };
    });
    const text = (extra: (name: string) => string) =>
      `[profile keys]\n${KEYS}${profiles.map(({ name, lines }) => `[profile ${name}]\n${lines.join("\n")}\n${extra(name)}`).join("")}`;
    const found = kinds(text(() => ""));
    for (const kind of Object.values(found)) kindsFound.add(kind);
    expect(found).toEqual(kinds(text((name) => `note = ${name}\n`)));
  }
  expect([...kindsFound].sort()).toEqual([
    ...["invalid-setting", "none", "role", "role-without-source", "source-profile-empty", "source-profile-loop"],
    "static",
  ]);
});
