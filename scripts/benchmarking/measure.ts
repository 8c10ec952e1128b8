/** Runs whole processes and measures them: time, processor time, page faults and memory. */
import { fileURLToPath } from "node:url";

const RUNNER = fileURLToPath(new URL("measure.py", import.meta.url));

/** A program, and the environment that it runs in. */
export interface Program {
  /** Starts with the path of the executable. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether an exit code other than 0 is no reason to stop. */
  readonly mayFail?: boolean;
}

/** What one run took, or the medians of several runs. */
export interface Cost {
  readonly wallMs: number;
  /** Of all threads, including those of the compiler. */
  readonly cpuMs: number;
  /** Page faults without input or output: how much memory was touched for the first time. */
  readonly pageFaults: number;
  /** The most memory at any time. */
  readonly peakMiB: number;
}

/** Two programs that ran in turn, so that a change of the machine's speed affects both. */
export interface PairCost {
  readonly first: Cost;
  readonly second: Cost;
  /** The median of the ratios of wall time, pair by pair. */
  readonly ratio: number;
}

/** Measures processes. Each program runs once without being measured, to fill the caches of the system. */
export interface Meter {
  pair(first: Program, second: Program, runs: number): Promise<PairCost>;
  alone(program: Program, runs: number): Promise<Cost>;
  stop(): void;
}

/** Starts the process that runs the programs. Needs python3. */
export function startMeter(): Meter {
  const runner = Bun.spawn(["python3", RUNNER], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = linesOf(runner.stdout);
  const run = async ({ argv, environment, mayFail = false }: Program): Promise<Cost> => {
    runner.stdin.write(`${JSON.stringify({ argv, environment })}\n`);
    runner.stdin.flush();
    const { value } = await lines.next();
    const { exitCode, ...cost } = JSON.parse(value ?? "null");
    if (exitCode !== 0 && !mayFail) throw new Error(`${argv.join(" ")} failed (${exitCode})`);
    return cost;
  };
  return {
    async pair(first, second, runs) {
      await run(first);
      await run(second);
      const pairs: (readonly [Cost, Cost])[] = [];
      for (let count = 0; count < runs; count++) pairs.push([await run(first), await run(second)]);
      return {
        first: medianCost(pairs.map(([one]) => one)),
        second: medianCost(pairs.map(([, other]) => other)),
        ratio: median(pairs.map(([one, other]) => one.wallMs / other.wallMs)),
      };
    },
    async alone(program, runs) {
      await run(program);
      const costs: Cost[] = [];
      for (let count = 0; count < runs; count++) costs.push(await run(program));
      return medianCost(costs);
    },
    stop: () => void runner.stdin.end(),
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

function medianCost(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost) => median(costs.map((cost) => cost[key]));
  return { wallMs: of("wallMs"), cpuMs: of("cpuMs"), pageFaults: of("pageFaults"), peakMiB: of("peakMiB") };
}

/** The mean of the two in the middle for an even number of values. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
