/**
 * Runs the cases of a seed in this process, from an index on, without end. Prints the index of each case before it runs,
 * so that the parent process sees which one never ends, and a line of JSON for each fault.
 */
import { type FuzzCase, makeCase, runsProgram } from "./cases.ts";
import { runInProcess } from "./in_process.ts";
import { faultsOf } from "./judge.ts";
import { runCase } from "./place.ts";
import { startServices } from "./services.ts";

const [seed = 0, first = 0] = process.argv.slice(2).map(Number);

const services = await startServices();
// A listener for errors that no command waits for: they would end the program.
let unexpected: unknown;
process.on("unhandledRejection", (error) => {
  unexpected = error;
});
for (let index = first; ; index++) {
  const fuzzCase = makeCase(seed, index);
  if (runsProgram(index) || startsPrograms(fuzzCase)) continue;
  process.stdout.write(`${index}\n`);
  const run = await runCase(fuzzCase, services, runInProcess);
  const faults = [...faultsOf(run), ...(unexpected === undefined ? [] : [`unhandled: ${unexpected}`])];
  unexpected = undefined;
  if (faults.length > 0)
    process.stdout.write(`${JSON.stringify({ index, faults, detail: run.stderr.slice(-1500) })}\n`);
}

/** Whether the case would start the helper process of `exec --serve` or a browser. */
function startsPrograms({ argv, environment }: FuzzCase): boolean {
  if ("ROLECALL_SERVE" in environment || "ROLECALL_OPEN" in environment) return true;
  return argv.some((argument) => /^--(?:serve|open)/.test(argument));
}
