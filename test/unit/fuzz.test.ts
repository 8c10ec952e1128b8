/** The fuzzer itself: its cases can be repeated, they reach what they are meant to reach, and faults are found. */
import { afterAll, describe, expect, test } from "bun:test";
import { makeCase, validCases } from "../../scripts/fuzzing/cases.ts";
import { runInProcess } from "../../scripts/fuzzing/in_process.ts";
import { type FinishedRun, faultsOf } from "../../scripts/fuzzing/judge.ts";
import { runCase } from "../../scripts/fuzzing/place.ts";
import { SECRETS } from "../../scripts/fuzzing/samples.ts";
import { startServices } from "../../scripts/fuzzing/services.ts";

const services = await startServices();
afterAll(() => services.stop());

describe("without mutations every case succeeds", () => {
  for (const fuzzCase of validCases()) {
    test(`${fuzzCase.target}: ${fuzzCase.argv.join(" ")}`, async () => {
      const run = await runCase(fuzzCase, services, runInProcess);
      expect([run.exitCode, run.exitCode === 0 ? "" : run.stderr]).toEqual([0, ""]);
    });
  }
});

test("the same seed and index make the same case", () => {
  for (let index = 0; index < 200; index++) expect(makeCase(7, index)).toEqual(makeCase(7, index));
});

test("other seeds and other indexes make other cases", () => {
  const texts = [...Array(50).keys()]
    .flatMap((n) => [makeCase(1, n), makeCase(2, n)])
    .map((one) => JSON.stringify(one));
  expect(new Set(texts).size).toBeGreaterThan(90);
});

describe("a fault is", () => {
  const good: FinishedRun = { argv: ["export"], exitCode: 0, stdout: "", stderr: "", ms: 1, memory: 1 };
  const rows: readonly [run: Partial<FinishedRun>, fault: string | undefined][] = [
    [{}, undefined],
    [{ exitCode: 2 }, undefined],
    [{ exitCode: 3 }, "exit code 3"],
    [{ exitCode: 125 }, "exit code 125"],
    [{ argv: ["exec", "true"], exitCode: 125 }, undefined],
    [{ argv: ["exec", "true"], exitCode: 2 }, "exit code 2"],
    [{ exitCode: undefined }, "a signal ended it"],
    [{ exitCode: 1, stderr: "error[internal-error]: x\n" }, "internal-error"],
    [{ stderr: "    at f (/$bunfs/root/rolecall:1:2)\n" }, "a stack trace"],
    [{ ms: 5100 }, "it took 5.1 s"],
    [{ memory: 301_000_000 }, "it used 301 MB"],
    [{ stdout: SECRETS[0] }, undefined],
    [{ stderr: SECRETS[0] }, "it showed a secret"],
    [{ argv: ["explain"], stdout: SECRETS[1] }, "it showed a secret"],
    [{ argv: ["check", "--json"], stdout: "[" }, "its output is not JSON"],
    [{ argv: ["check", "--json"], stdout: "[]" }, undefined],
    [{ argv: ["whoami", "--min-ttl", "--json"], stdout: "account" }, undefined],
  ];
  test.each(rows)("%j: %s", (run, fault) => {
    expect(faultsOf({ ...good, ...run })).toEqual(fault === undefined ? [] : [fault]);
  });
});
