/** Probes STS: whether the endpoint of the plan is reachable, and how far this machine's clock is off. */
import type { Effects } from "../domain/effects.ts";
import { CHECK_INTERCEPTION } from "../domain/help_texts.ts";
import type { HttpLimits, HttpResponse } from "../domain/http.ts";
import { VERSION } from "../domain/version.ts";
import { type ClockOffset, clockOffset, describeClockOffset, MAX_CLOCK_OFFSET_SECONDS } from "../http/clock_offset.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { planServices } from "../plan/make_plan.ts";
import type { Scope } from "../plan/scope.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { type Finding, finding } from "./finding.ts";

const LIMITS: HttpLimits = { connectMs: 5000, responseMs: 5000, totalMs: 5000, maxBytes: 1024 * 1024 };

/**
 * Sends one unsigned request to STS.
 *
 * @throws RolecallError `invalid-setting` for an invalid region or endpoint, or a CA bundle that cannot be read.
 */
export async function probeSts(scope: Scope, effects: Effects): Promise<Finding> {
  const plan = planServices(scope);
  const { stsEndpoint } = await import("../sts/endpoint.ts");
  const { url } = stsEndpoint(plan.sts, plan.sts.region.value);
  const proxy = proxyFor(new URL(url), effects.environment);
  const throughProxy = proxy === undefined ? "" : ` through the proxy ${proxy.value.host}`;
  const { origin } = new URL(url);
  const ca = readCaBundle(plan.services, effects);
  try {
    // Needs no credentials: without a signature, STS returns an error that shows that it is STS.
    const response = await effects.http.request(
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
    if (!isFromSts(response)) {
      return finding(
        "refused",
        `the response from ${origin}${throughProxy} is not from STS (HTTP ${response.status})`,
        [CHECK_INTERCEPTION],
      );
    }
    return reachable(`${origin}${throughProxy}`, clockOffset(response, received));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return finding("unreachable", `cannot reach ${origin}${throughProxy}: ${error.message}`, [networkHelp(error)]);
  }
}

/** AWS adds a request id to every response. The errors of STS are XML. */
function isFromSts({ headers, body }: HttpResponse): boolean {
  return headers["x-amzn-requestid"] !== undefined || new TextDecoder().decode(body).includes("<ErrorResponse");
}

function reachable(endpoint: string, offset: ClockOffset | undefined): Finding {
  if (offset === undefined) return finding("available", `${endpoint} is reachable; its response has no date`);
  const { seconds } = offset;
  const hints =
    Math.abs(seconds) < MAX_CLOCK_OFFSET_SECONDS
      ? []
      : ["set the clock: AWS rejects requests that are 5 minutes off; rolecall corrects for it, but most tools do not"];
  return {
    ...finding("available", `${endpoint} is reachable; ${describeClockOffset(offset)}`, hints),
    clockOffsetSeconds: seconds,
  };
}
