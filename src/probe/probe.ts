/** Asks every credential source at once what it holds. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { chooseProfile, type PlanInputs, type Scope, withoutProfile } from "../plan/scope.ts";
import { probeContainer } from "./container.ts";
import { probeEc2 } from "./ec2.ts";
import { probeEnvironment } from "./environment.ts";
import { errorFinding, type Finding, type ProbeSource } from "./finding.ts";
import { probeSharedFiles } from "./shared_files.ts";
import { probeWebIdentity } from "./web_identity.ts";

export interface ProbeRow extends Finding {
  readonly source: ProbeSource;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** A row that is on its way. */
export interface PendingRow {
  readonly source: ProbeSource;
  readonly row: Promise<ProbeRow>;
}

export interface ProbeInputs extends Pick<PlanInputs, "environment" | "settings"> {
  /** The profile, where rolecall's own variable chooses one. */
  readonly profile: Sourced<string> | undefined;
  /** The two files, or why they cannot be used. */
  readonly config: SharedConfig | RolecallError;
  /** Whether STS is asked, too. */
  readonly sts: boolean;
}

/** @returns the rows, in the order of the AWS CLI's chain; none waits for another, unless a profile names it. */
export function probe(inputs: ProbeInputs, effects: Effects): readonly PendingRow[] {
  const { scope, problem } = scopeOf(inputs);
  const container = start("container", () => probeContainer(effects));
  const ec2 = start("ec2", () => probeEc2(scope, effects));
  return [
    start("environment", () => probeEnvironment(effects)),
    start("shared-files", () => {
      if (problem !== undefined) throw problem;
      return probeSharedFiles(scope, effects, { container: container.row, ec2: ec2.row });
    }),
    start("web-identity", () => probeWebIdentity(scope, effects)),
    container,
    ec2,
    // Loaded when it is asked for: the SDK comes with it.
    ...(inputs.sts ? [start("sts", async () => (await import("./sts.ts")).probeSts(scope, effects))] : []),
  ];
}

const NO_FILES: SharedConfig = {
  configFile: "",
  credentialsFile: "",
  profiles: new Map(),
  ssoSessions: new Map(),
  services: new Map(),
  unknownSections: [],
  replacedSections: [],
};

/** Files that are broken, or lack the profile, are one source's problem, and not the others'. */
function scopeOf({ profile, config, environment, settings }: ProbeInputs): {
  scope: Scope;
  problem: RolecallError | undefined;
} {
  const broken = config instanceof RolecallError;
  const inputs: PlanInputs = { options: { profile }, environment, settings, config: broken ? NO_FILES : config };
  if (broken) return { scope: withoutProfile(inputs), problem: config };
  try {
    return { scope: chooseProfile(inputs), problem: undefined };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { scope: withoutProfile(inputs), problem: error };
  }
}

function start(source: ProbeSource, ask: () => Finding | Promise<Finding>): PendingRow {
  const row = finish(source, ask);
  // Whoever shows the rows waits for one after the other: that a later one has failed is not unheard of.
  row.catch(() => {});
  return { source, row };
}

async function finish(source: ProbeSource, ask: () => Finding | Promise<Finding>): Promise<ProbeRow> {
  const started = performance.now();
  const found = await findingOf(ask);
  return { source, ...found, ms: Math.round(performance.now() - started) };
}

async function findingOf(ask: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RolecallError) return errorFinding(error);
    throw error;
  }
}
