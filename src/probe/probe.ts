/** Probes all credential sources at the same time. */
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
  /** How long the probe took, in milliseconds. */
  readonly ms: number;
}

/** A row whose probe is running. */
export interface PendingRow {
  readonly source: ProbeSource;
  readonly row: Promise<ProbeRow>;
}

export interface ProbeInputs extends Pick<PlanInputs, "environment" | "settings"> {
  /** The profile, if ROLECALL_PROFILE chooses one. */
  readonly profile: Sourced<string> | undefined;
  /** The config and credentials files, or why they cannot be used. */
  readonly config: SharedConfig | RolecallError;
  /** Whether to probe STS as well. */
  readonly sts: boolean;
}

/**
 * Starts all probes.
 *
 * @returns the rows in the order of the AWS CLI's chain. A row waits for another one only if the profile refers to it.
 */
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
    // Loaded only if needed, because it loads the AWS SDK.
    ...(inputs.sts ? [start("sts", async () => (await import("./sts.ts")).probeSts(scope, effects))] : []),
  ];
}

const EMPTY_CONFIG: SharedConfig = {
  configFile: "",
  credentialsFile: "",
  profiles: new Map(),
  ssoSessions: new Map(),
  services: new Map(),
  unknownSections: new Map(),
  lookalikes: new Map(),
  replacedSections: [],
};

/** If the files are invalid or do not contain the profile, only the row of the shared files reports it. */
function scopeOf({ profile, config, environment, settings }: ProbeInputs): {
  scope: Scope;
  problem: RolecallError | undefined;
} {
  const isInvalid = config instanceof RolecallError;
  const inputs: PlanInputs = { options: { profile }, environment, settings, config: isInvalid ? EMPTY_CONFIG : config };
  if (isInvalid) return { scope: withoutProfile(inputs), problem: config };
  try {
    return { scope: chooseProfile(inputs), problem: undefined };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return { scope: withoutProfile(inputs), problem: error };
  }
}

function start(source: ProbeSource, probeSource: () => Finding | Promise<Finding>): PendingRow {
  const row = run(source, probeSource);
  // The caller awaits the rows in order. Until then, an error of a later row must not count as unhandled.
  row.catch(() => {});
  return { source, row };
}

async function run(source: ProbeSource, probeSource: () => Finding | Promise<Finding>): Promise<ProbeRow> {
  const started = performance.now();
  const result = await findingOf(probeSource);
  return { source, ...result, ms: Math.round(performance.now() - started) };
}

async function findingOf(probeSource: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await probeSource();
  } catch (error) {
    if (error instanceof RolecallError) return errorFinding(error);
    throw error;
  }
}
