/**
 * Gives rolecall mutated files, responses, program output and command lines, and reports every run that breaks a rule of
 * `fuzzing/judge.ts`. Then compares two parsers with Python's.
 */
import { parseArgs } from "node:util";
import { runProgram } from "./fuzzing/by_program.ts";
import { type FuzzCase, makeCase, runsProgram } from "./fuzzing/cases.ts";
import { compareWithPython } from "./fuzzing/compare_with_python.ts";
import { describeCase } from "./fuzzing/describe.ts";
import { runInProcess } from "./fuzzing/in_process.ts";
import { faultsOf } from "./fuzzing/judge.ts";
import { runCase } from "./fuzzing/place.ts";
import { runCases } from "./fuzzing/run_cases.ts";
import { startServices } from "./fuzzing/services.ts";

/** Texts to compare with Python for each second of the other cases. */
const TEXTS_A_SECOND = 300;

const { values } = parseArgs({
  options: { seconds: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
});
const seconds = Number(values.seconds ?? 60);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));

process.exit(values.case === undefined ? await runAll() : await repeat(makeCase(seed, Number(values.case))));

/** @returns the exit code. */
async function runAll(): Promise<number> {
  console.log(`seed ${seed}`);
  const { inProcess, throughProgram, faults } = await runCases(seed, seconds);
  for (const { index, faults: what, detail } of faults.slice(0, 20)) {
    console.log(`\ncase ${index} (${makeCase(seed, index).target}): ${what.join(", ")}\n${detail}`);
    console.log(`  repeat: ./scripts/fuzz --seed ${seed} --case ${index}`);
  }
  console.log(`${inProcess} cases in process, ${throughProgram} through the program: ${faults.length} with faults`);
  const different = compareWithPython(Math.ceil(seconds * TEXTS_A_SECOND), seed);
  return faults.length + different === 0 ? 0 : 1;
}

/** Shows a case and runs it once more. @returns the exit code. */
async function repeat(fuzzCase: FuzzCase): Promise<number> {
  console.log(describeCase(fuzzCase));
  const run = runsProgram(fuzzCase.index) ? runProgram : runInProcess;
  const services = await startServices();
  const finished = await runCase(fuzzCase, services, run);
  services.stop();
  const faults = faultsOf(finished);
  console.log(`${finished.stdout}${finished.stderr}exit code ${finished.exitCode}, ${Math.round(finished.ms)} ms`);
  console.log(faults.length === 0 ? "no faults" : faults.join(", "));
  return faults.length === 0 ? 0 : 1;
}
