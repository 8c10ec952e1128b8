/** `rolecall explain`: the plan, and what the cache makes of it. It asks nobody and runs nothing. */
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import { forecast } from "../forecast.ts";
import { proxyFor } from "../http/proxy.ts";
import { type Sourced, withValue } from "../origin.ts";
import type { Plan, StsSettings } from "../plan/plan.ts";
import { renderExplanation } from "../report/explain.ts";
import type { Explanation, StsExplanation } from "../report/explanation.ts";
import { jsonText } from "../report/json_text.ts";
import { planJson } from "../report/plan_json.ts";
import { stsEndpoint } from "../sts/endpoint.ts";
import { answerPaint, answerWidth } from "./answer_screen.ts";
import { refusePositionals } from "./arguments.ts";
import type { CommandOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import type { World } from "./world.ts";

/** @returns the exit code 0. */
export async function explain(options: CommandOptions, positionals: readonly string[], world: World): Promise<number> {
  refusePositionals("explain", positionals);
  const { plan, scope, minTtl, ...needs } = await prepare(options, world);
  const sts = stsOf(plan);
  const explanation: Explanation = {
    plan,
    profileName: scope.profileName,
    sts,
    proxy: proxyOf(plan, sts, world.effects),
    minTtl,
    forecast: forecast(plan, { ...needs, effects: world.effects }),
  };
  world.print(
    options.switch("json")
      ? jsonText(planJson(explanation))
      : renderExplanation(explanation, {
          paint: answerPaint(options, world),
          width: answerWidth(world),
          home: world.effects.home,
          now: world.effects.now(),
        }),
  );
  return 0;
}

/** @throws RolecallError where the settings of STS exclude each other, and STS is needed. */
function stsOf(plan: Plan): StsExplanation {
  try {
    return explainSts(plan.sts);
  } catch (error) {
    if (!(error instanceof RolecallError) || asksSts(plan)) throw error;
    const { at: from = plan.sts.region.from, message } = error;
    return { url: undefined, signingRegion: undefined, from, over: undefined, reason: message };
  }
}

/** @throws RolecallError for a proxy that is none, where one is needed. */
function proxyOf(plan: Plan, sts: StsExplanation, effects: Effects): Sourced<string> | undefined {
  try {
    return explainProxy(sts, effects);
  } catch (error) {
    if (!(error instanceof RolecallError) || asksSts(plan) || ["sso", "login"].includes(plan.source.kind)) throw error;
    return undefined;
  }
}

function asksSts({ source, mfaSession, roles }: Plan): boolean {
  return roles.length > 0 || mfaSession !== undefined || source.kind === "web-identity";
}

const GLOBAL_HOST = "sts.amazonaws.com";

function explainSts(settings: StsSettings): StsExplanation {
  const { region, regionFromInstance, global, fips, dualStack, endpoint } = settings;
  if (endpoint !== undefined) {
    const { url, signingRegion } = stsEndpoint(settings, region.value);
    return { url, signingRegion, from: endpoint.from, over: endpoint.over, reason: "a configured endpoint" };
  }
  if (regionFromInstance) {
    const reason = `asked of its metadata; ${GLOBAL_HOST} where that does not tell`;
    return { url: undefined, signingRegion: undefined, from: region.from, over: undefined, reason };
  }
  const { url, signingRegion } = stsEndpoint(settings, region.value);
  if (new URL(url).host === GLOBAL_HOST) {
    const reason = "default" in global.from ? global.from.default : "the global endpoint";
    return { url, signingRegion, from: global.from, over: undefined, reason };
  }
  const [kind, by] = fips.value ? ["FIPS ", fips] : dualStack.value ? ["dual stack ", dualStack] : ["", region];
  const reason = "default" in by.from ? by.from.default : `the region's ${kind}endpoint`;
  return { url, signingRegion, from: by.from, over: undefined, reason };
}

function explainProxy({ url }: StsExplanation, { environment }: Effects): Sourced<string> | undefined {
  const proxy = proxyFor(new URL(url ?? `https://${GLOBAL_HOST}`), environment);
  return proxy && withValue(proxy, proxy.value.href.replace(/\/$/, ""));
}
