/** What a build says about its source: the commit and the time. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostTarget, sourceCommit, sourceTime } from "../../../scripts/compile.ts";
import { TARGETS } from "../../../scripts/releasing/targets.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-source-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Makes the folder a Git checkout with one commit, whose time is given. */
function commitAt(seconds: number): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  const date = `${seconds} +0545`;
  writeFileSync(join(folder, "file"), "text");
  for (const args of [
    ["init", "-q"],
    ["add", "file"],
    ["commit", "-q", "-m", "first"],
  ]) {
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    expect(spawnSync("git", ["-C", folder, ...identity, ...args], { env }).status).toBe(0);
  }
}

describe("the commit", () => {
  test("is that of the checkout", () => {
    commitAt(1_700_000_000);
    expect(sourceCommit(folder)).toMatch(/^[\da-f]{40}$/);
  });

  test.each([
    ["a changed file", "file"],
    ["a new file", "other"],
  ])("is marked as dirty with %s", (_, name) => {
    commitAt(1_700_000_000);
    const clean = sourceCommit(folder);
    writeFileSync(join(folder, name), "changed");
    expect(sourceCommit(folder)).toBe(`${clean}-dirty`);
  });

  test("is unknown outside a checkout", () => {
    expect(sourceCommit(folder)).toBe("unknown");
  });
});

describe("the time", () => {
  test("is that of the commit", () => {
    commitAt(1_700_000_000);
    expect(sourceTime(folder, {})).toBe(1_700_000_000);
  });

  test("is SOURCE_DATE_EPOCH, if that is set", () => {
    commitAt(1_700_000_000);
    expect(sourceTime(folder, { SOURCE_DATE_EPOCH: "1600000000" })).toBe(1_600_000_000);
  });

  test.each([[{}], [{ SOURCE_DATE_EPOCH: "yesterday" }]])("is an error outside a checkout with %p", (environment) => {
    expect(() => sourceTime(folder, environment)).toThrow("set SOURCE_DATE_EPOCH");
  });
});

test("this machine's target is one of the targets", () => {
  expect(TARGETS.map(({ name }) => name)).toContain(hostTarget());
});
