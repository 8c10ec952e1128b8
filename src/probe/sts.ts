/** Probes STS: whether it answers where the plan would ask it, and how far this machine's clock is off. */
import type { Effects } from "../domain/effects.ts";
import { CHECK_NETWORK } from "../domain/help_texts.ts";
import { VERSION } from "../domain/version.ts";
import { type ClockOffset, clockOffset, describeClockOffset, MAX_CLOCK_OFFSET } from "../http/clock_offset.ts";
import { HttpError } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { type HttpLimits, type HttpResponse, httpRequest } from "../http/request.ts";
import { planServices } from "../plan/make_plan.ts";
import type { Scope } from "../plan/scope.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { type Finding, finding } from "./finding.ts";

const LIMITS: HttpLimits = { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 1024 * 1024 };

/** @throws RolecallError `invalid-setting` for a region or an endpoint that is none, a CA bundle that cannot be read. */
export async function probeSts(scope: Scope, effects: Effects): Promise<Finding> {
  const plan = planServices(scope);
  const { stsEndpoint } = await import("../sts/endpoint.ts");
  const { url } = stsEndpoint(plan.sts, plan.sts.region.value);
  const proxy = proxyFor(new URL(url), effects.environment);
  const way = proxy === undefined ? "" : ` through the proxy ${proxy.value.host}`;
  const { origin } = new URL(url);
  const ca = readCaBundle(plan.services, effects);
  try {
    // A call that needs no permission, without a signature: STS says what is missing, in words of its own.
    const answer = await httpRequest(
      {
        method: "POST",
        url,
        headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": `rolecall/${VERSION}` },
        body: "Action=GetCallerIdentity&Version=2011-06-15",
        proxy: proxy?.value,
        ca,
      },
      LIMITS,
    );
    const received = effects.now();
    if (!isFromSts(answer)) {
      return finding("refused", `${origin}${way} answers, but not as STS does (HTTP ${answer.status})`, [
        "something else sits at that address, or on the way to it",
      ]);
    }
    return reached(`${origin}${way}`, clockOffset(answer, received));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return finding("unreachable", `${origin}${way} cannot be reached: ${error.message}`, [CHECK_NETWORK]);
  }
}

/** AWS numbers each request; its errors are XML of STS's own. */
function isFromSts({ headers, body }: HttpResponse): boolean {
  return headers["x-amzn-requestid"] !== undefined || new TextDecoder().decode(body).includes("<ErrorResponse");
}

function reached(where: string, offset: ClockOffset | undefined): Finding {
  if (offset === undefined) return finding("available", `${where} answers, without saying what time it is`);
  const { seconds } = offset;
  const hints =
    Math.abs(seconds) < MAX_CLOCK_OFFSET
      ? []
      : ["STS refuses requests that are 5 minutes off; rolecall corrects for that, most tools do not: set the clock"];
  return {
    ...finding("available", `${where} answers; ${describeClockOffset(offset)}`, hints),
    clockOffsetSeconds: seconds,
  };
}
