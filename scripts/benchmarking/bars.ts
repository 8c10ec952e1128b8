/** The comparisons of the benchmark, each with its bar: the most that rolecall may take. */
import type { Cost, Meter, Program } from "./measure.ts";

/** What the comparisons run. Undefined if the machine lacks what it needs. */
export interface Setting {
  readonly rolecall: string;
  /** A compiled program that does nothing, and one that only replaces itself. */
  readonly empty: string;
  readonly execOnly: string | undefined;
  /** The program over the AWS SDK for Go. */
  readonly go: string | undefined;
  /** The homes of each program, because it has its own cache. */
  readonly homes: Readonly<Record<"few" | "many" | "goFew" | "goMany", string>>;
  /** Variables by which a program finds the simulated services. */
  readonly near: Readonly<Record<string, string>>;
  readonly remote: Readonly<Record<string, string>> | undefined;
  readonly remoteEc2: Readonly<Record<string, string>> | undefined;
  readonly silent: Readonly<Record<string, string>>;
}

export interface Comparison {
  readonly what: string;
  readonly bar: number;
  readonly unit: "×" | "MiB" | "ms";
  /** Undefined if the machine lacks something. */
  measure(meter: Meter, runs: number): Promise<Measured | undefined>;
}

export interface Measured {
  /** To compare with the bar. */
  readonly value: number;
  readonly cost: Cost;
  /** What the program beside it took. */
  readonly beside?: Cost;
}

/** @returns the comparisons in the order in which they are printed. */
export function comparisons(setting: Setting): Comparison[] {
  const { rolecall, empty, execOnly, go, homes, near, remote, remoteEc2, silent } = setting;
  const program = (argv: readonly string[], home: string, services = near): Program => ({
    argv,
    environment: { PATH: "/usr/bin:/bin", ...services, HOME: home },
  });
  const exec = (profile: string, ...options: string[]) => [rolecall, "exec", "-p", profile, ...options, "--", "true"];
  const floor = execOnly === undefined ? undefined : program([execOnly], homes.few);
  const goExec = (profile: string, home = homes.goFew, services = near) =>
    go === undefined ? undefined : program([go, profile, "true"], home, services);
  const inMany = (...argv: string[]) => program([rolecall, ...argv], homes.many);
  const execInMany = program(exec("keys"), homes.many);
  const assumed = (profile: string, services: Setting["remote"], bar: number, what: string) =>
    ratio(
      what,
      bar,
      services && program(exec(profile, "--no-cache"), homes.few, services),
      services && goExec(profile, homes.goFew, services),
    );
  return [
    ratio("exec, static keys, beside the floor", 1.6, program(exec("keys"), homes.few), floor),
    ratio("exec, cached role, beside the floor", 1.7, program(exec("one"), homes.few), floor),
    ratio("exec, static keys, beside Go", 1.3, program(exec("keys"), homes.few), goExec("keys")),
    ratio("exec, 10,000 profiles, beside Go", 1.5, execInMany, goExec("keys", homes.goMany)),
    assumed("one", near, 1.5, "one AssumeRole, beside Go"),
    assumed("one", remote, 1.0, "one AssumeRole, TLS, 40 ms, beside Go"),
    assumed("two", remote, 1.0, "two AssumeRoles, TLS, 40 ms, beside Go"),
    assumed("ec2", remoteEc2, 0.95, "EC2 and AssumeRole, TLS, 40 ms, beside Go"),
    ratio("--version, beside an empty program", 1.3, inMany("--version"), program([empty], homes.few)),
    memory("memory of exec, cached role", 40, program(exec("one"), homes.few)),
    memory("memory of exec, AssumeRole", 48, program(exec("one", "--no-cache"), homes.few)),
    ratio("explain, 10,000 profiles, beside exec", 2, inMany("explain", "-p", "p7777"), execInMany),
    ratio("profiles, 10,000 profiles, beside exec", 3, inMany("profiles"), execInMany),
    ratio("check, 10,000 profiles, beside exec", 4, inMany("check"), execInMany),
    {
      what: "probe, silent EC2 metadata",
      bar: 1500,
      unit: "ms",
      measure: async (meter) => {
        // Without credentials, the exit code is 1.
        const cost = await meter.alone({ ...program([rolecall, "probe"], homes.few, silent), mayFail: true }, 2);
        return { value: cost.wallMs, cost };
      },
    },
    {
      what: "exec --serve, minus exec",
      bar: 25,
      unit: "ms",
      measure: async (meter, runs) => {
        const { first, second } = await meter.pair(
          program(exec("keys", "--serve"), homes.few),
          program(exec("keys"), homes.few),
          runs,
        );
        return { value: first.wallMs - second.wallMs, cost: first, beside: second };
      },
    },
  ];
}

/** How much longer a program takes than the one beside it. */
function ratio(what: string, bar: number, program: Program | undefined, beside: Program | undefined): Comparison {
  return {
    what,
    bar,
    unit: "×",
    measure: async (meter, runs) => {
      if (program === undefined || beside === undefined) return undefined;
      const { first, second, ratio: value } = await meter.pair(program, beside, runs);
      return { value, cost: first, beside: second };
    },
  };
}

function memory(what: string, bar: number, program: Program): Comparison {
  return {
    what,
    bar,
    unit: "MiB",
    measure: async (meter, runs) => {
      const cost = await meter.alone(program, runs);
      return { value: cost.peakMiB, cost };
    },
  };
}
