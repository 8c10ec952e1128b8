/**
 * `exec` as process 1 of a container, simulated with a PID namespace: with and without `--serve`, a command behaves as if
 * it were started directly. The table that is printed at the end also shows tini and dumb-init, which behave differently:
 * they stay process 1, and the command is their child.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isInstalled } from "../support/machine.ts";
import { makeHome, REPLACES_PROCESS, type RunningProgram, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
const IS_POSSIBLE = REPLACES_PROCESS && spawnSync(NAMESPACE[0] ?? "", [...NAMESPACE.slice(1), "true"]).status === 0;

interface Scenario {
  readonly description: string;
  readonly command: readonly string[];
  /** Sent to process 1 from outside the namespace, once the command has printed READY. */
  readonly signals?: readonly NodeJS.Signals[];
  readonly possible?: boolean;
}

const trapSignals = (onTerm: string) =>
  `trap 'echo got TERM; ${onTerm}' TERM; trap 'echo got HUP' HUP; trap 'echo got INT' INT; trap 'echo got QUIT' QUIT; trap 'echo got USR1' USR1; trap 'echo got USR2' USR2; trap 'echo got WINCH' WINCH; echo READY; while :; do sleep 0.05; done`;

const ZOMBIES =
  'n=0; for f in /proc/[0-9]*/stat; do read -r s <$f 2>/dev/null || continue; case "$s" in *") Z "*) n=$((n + 1)) ;; esac; done; echo $n zombies';

const SCENARIOS: readonly Scenario[] = [
  { description: "exit code 0", command: ["true"] },
  { description: "exit code 7", command: ["sh", "-c", "exit 7"] },
  {
    description: "TERM to a command that catches it",
    command: ["sh", "-c", trapSignals("exit 42")],
    signals: ["SIGTERM"],
  },
  {
    description: "every signal",
    command: ["sh", "-c", trapSignals("exit 0")],
    signals: ["SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGTERM"],
  },
  { description: "KILL", command: ["sh", "-c", "echo READY; while :; do sleep 0.05; done"], signals: ["SIGKILL"] },
  { description: "no zombie", command: ["sh", "-c", ZOMBIES] },
  {
    description: "a script that waits for its children",
    command: ["sh", "-c", "sleep 0.1 & sleep 0.1 & wait; echo waited; exit 3"],
  },
  {
    description: "a pipeline in the command",
    command: ["sh", "-c", "seq 3 | while read -r n; do echo $n; done"],
  },
  {
    description: "node with a child process",
    command: [
      "node",
      "-e",
      "require('child_process').spawn('sh', ['-c', 'exit 5']).on('exit', (code) => process.exit(code))",
    ],
    possible: isInstalled("node"),
  },
  {
    description: "a supervisor (tini) as the command",
    command: ["tini", "--", "sh", "-c", "exit 9"],
    possible: isInstalled("tini"),
  },
  {
    description: "a supervisor (dumb-init) as the command",
    command: ["dumb-init", "sh", "-c", "exit 9"],
    possible: isInstalled("dumb-init"),
  },
];

const INIT_PROGRAMS: readonly [name: string, argv: readonly string[]][] = [
  ["tini", ["tini", "--"]],
  ["dumb-init", ["dumb-init"]],
];

let home: TestHome;
const table: string[] = [];

beforeAll(() => {
  home = makeHome({
    credentials: "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret/example\n",
    env: { AWS_EC2_METADATA_DISABLED: "true", PATH: process.env.PATH ?? "" },
  });
});
afterAll(() => {
  home.remove();
  console.log(["", ...table, ""].join("\n"));
});

/** Plays the scenario. Returns the command's output, and the exit code or the signal of process 1. */
async function play({ command, signals = [] }: Scenario, wrapper: readonly string[]): Promise<string> {
  const program = home.startProgram([...NAMESPACE, ...wrapper, ...command]);
  if (signals.length > 0) {
    await program.says(/READY/);
    for (const signal of signals) {
      process.kill(firstProcessOf(program), signal);
      if (signal !== "SIGKILL" && signal !== "SIGTERM")
        await program.says(new RegExp(`got ${signal.slice("SIG".length)}\n`));
    }
  }
  const { stdout, stderr, exitCode, signal } = await program.ended;
  const output = `${stdout} ${stderr}`.trim().replace(/\s+/g, " ");
  return `${output} → ${exitCode ?? signal}`.trim();
}

/** Returns the pid that process 1 has outside the namespace: it is the only child of `unshare`. */
function firstProcessOf({ pid }: RunningProgram): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
}

describe("as process 1", () => {
  for (const scenario of SCENARIOS) {
    test.skipIf(!IS_POSSIBLE || scenario.possible === false)(scenario.description, async () => {
      const direct = await play(scenario, []);
      const exec = await play(scenario, [...SUBJECT_ARGV, "exec", "--"]);
      const served = await play(scenario, [...SUBJECT_ARGV, "exec", "--serve", "--"]);
      table.push(scenario.description);
      for (const [name, outcome] of [
        ["directly", direct],
        ["exec", exec],
        ["exec --serve", served],
      ]) {
        table.push(`    ${name?.padEnd(14)}${outcome}`);
      }
      for (const [name, argv] of INIT_PROGRAMS) {
        if (isInstalled(name)) table.push(`    ${name.padEnd(14)}${await play(scenario, argv)}`);
      }
      expect([exec, served]).toEqual([direct, direct]);
    });
  }

  test.skipIf(!IS_POSSIBLE)("the helper process of --serve becomes a child of process 1, as every orphan", async () => {
    const children = 'read -r c </proc/1/task/1/children; set -- $c; for p; do tr "\\0" " " </proc/$p/cmdline; done';
    const outcome = await home.runProgram([
      ...NAMESPACE,
      ...SUBJECT_ARGV,
      "exec",
      "--serve",
      "--",
      "sh",
      "-c",
      children,
    ]);
    expect(outcome.stdout).toContain("rolecall __serve");
  });

  test.skipIf(!IS_POSSIBLE)(
    "the helper process ends with the command even if /proc is that of the parent namespace",
    async () => {
      const script =
        'exec 3>&1; "$@" >/dev/null; echo ended; while kill -0 -1 2>/dev/null; do sleep 0.05; done; echo alone';
      const command = [...SUBJECT_ARGV, "exec", "--serve", "--", "true"];
      const outcome = await home.runProgram([
        "unshare",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        script,
        "sh",
        ...command,
      ]);
      expect(outcome.stdout).toBe("ended\nalone\n");
    },
  );
});
