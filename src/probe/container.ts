/** Probes the container credentials endpoint of an ECS task or EKS pod. */
import type { Effects } from "../domain/effects.ts";
import { PROBE_RETRY_POLICY } from "../metadata/container.ts";
import { noContainer } from "../plan/absence.ts";
import { containerStep } from "../plan/sources/container.ts";
import { containerCredentials } from "../sources/container.ts";
import { redactPath } from "../text/url.ts";
import { describeKeys, type Finding, finding } from "./finding.ts";

/**
 * Requests credentials once.
 *
 * @throws RolecallError for an invalid endpoint or token, and for every error of the endpoint.
 */
export async function probeContainer(effects: Effects): Promise<Finding> {
  const step = containerStep(effects.environment);
  if (step === undefined) return finding("absent", noContainer());
  const credentials = await containerCredentials(step, effects, PROBE_RETRY_POLICY);
  return finding("available", `${describeKeys(credentials, effects.now())}, from ${redactPath(step.url)}`);
}
