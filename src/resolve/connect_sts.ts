/** Connects to STS as a plan says. Loaded only if STS is called. */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { proxyFor } from "../http/proxy.ts";
import type { Plan } from "../plan/plan.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { stsEndpoint } from "../sts/endpoint.ts";
import type { Sts } from "../sts/sts.ts";

type StsPlan = Pick<Plan, "sts" | "services">;

/**
 * Creates the STS client of a plan. The network connection is opened while the parts of the AWS SDK are loaded.
 *
 * @param instanceRegion the region of the instance, if it has been requested.
 */
export async function connectPlannedSts(
  plan: StsPlan,
  instanceRegion: string | undefined,
  effects: Effects,
): Promise<Sts> {
  const { settings, region } = destination(plan, instanceRegion);
  await openConnection(plan, instanceRegion, effects);
  const { connectSts } = await import("../sts/sts.ts");
  const calls = { attempts: plan.services.attempts.value, ca: readCaBundle(plan.services, effects) };
  return connectSts(settings, region, calls, effects);
}

/** Milliseconds in which a source most likely has sent its first request. */
const SOURCE_START_MS = 10;

/**
 * Starts to open the network connection. The parts of the AWS SDK are loaded later, if the source still waits, because
 * loading them would delay its first request.
 */
export async function prepareStsCall(plan: StsPlan, effects: Effects): Promise<void> {
  // Otherwise, the endpoint is that of the instance's region, which only its metadata has.
  if (!plan.sts.regionFromInstance || plan.sts.endpoint !== undefined) await openConnection(plan, undefined, effects);
  effects.sleep(SOURCE_START_MS).then(() => import("../sts/sts.ts").catch(() => {}));
}

function destination({ sts }: StsPlan, instanceRegion: string | undefined) {
  if (instanceRegion === undefined || !sts.regionFromInstance) return { settings: sts, region: sts.region.value };
  const global = { value: false, from: { default: "the instance's region" } };
  return { settings: { ...sts, global }, region: instanceRegion };
}

/** Starts to open a connection, unless there is one already. The call itself reports what is wrong. */
async function openConnection(plan: StsPlan, instanceRegion: string | undefined, effects: Effects): Promise<void> {
  try {
    const { settings, region } = destination(plan, instanceRegion);
    const { url } = stsEndpoint(settings, region);
    if (proxyFor(new URL(url), effects.environment) !== undefined) return;
    const started = performance.now();
    await effects.http.open({ url, ca: readCaBundle(plan.services, effects) }, () => {
      const ms = Math.round(performance.now() - started);
      effects.trace(`STS: the connection to ${new URL(url).origin} was opened in ${ms} ms`);
    });
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
  }
}
