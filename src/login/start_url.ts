/**
 * Resolves a start URL on a domain of the customer's own: it redirects to the access portal of AWS, whose name contains
 * the region. The rules are those of the AWS CLI's `resolve_start_url`.
 */
import { RolecallError } from "../domain/errors.ts";
import { CHECK_INTERCEPTION } from "../domain/help_texts.ts";
import type { HttpResponse } from "../domain/http.ts";
import { HttpError } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { SERVICE_LIMITS } from "../http/service_limits.ts";
import { type IdentityCenterTarget, isAwsStartUrl } from "../plan/sign_in.ts";
import { isHostLabel } from "../text/url.ts";
import { type CallSettings, unreachable } from "./oidc.ts";

/** The access portal: its URL, and the region of IAM Identity Center. */
export interface Portal {
  readonly issuerUrl: string;
  readonly region: string;
}

/**
 * The access portal of a session. Sends a request only if the start URL is not one of AWS.
 *
 * @throws RolecallError `sign-in-failed` if the URL does not lead to AWS.
 */
export async function resolveStartUrl(
  { startUrl, region }: Pick<IdentityCenterTarget, "startUrl" | "region">,
  settings: CallSettings,
): Promise<Portal> {
  const given = new URL(startUrl.value);
  if (isAwsStartUrl(given)) return { issuerUrl: startUrl.value, region: region?.value ?? "" };
  const failed = (why: string, help: readonly string[] = []) =>
    new RolecallError("sign-in-failed", `the start URL ${startUrl.value} does not lead to AWS: ${why}`, {
      at: startUrl.from,
      length: startUrl.value.length,
      help,
    });
  const resolved = await followOnce(given, settings, failed);
  if (!isAwsStartUrl(resolved)) throw failed(`it leads to ${resolved.host}`, [CHECK_INTERCEPTION]);
  if (resolved.protocol !== "https:") throw failed("it leads to a URL that does not begin with https://");
  const found = regionOf(resolved.hostname) ?? region?.value;
  if (found === undefined) throw failed(`${resolved.host} names no region`, ["set sso_region"]);
  settings.effects.trace(`${startUrl.value} leads to ${resolved.origin}${resolved.pathname}, region ${found}`);
  return { issuerUrl: `${resolved.origin}${resolved.pathname.replace(/\/+$/, "")}`, region: found };
}

/** The region in the name of an access portal: `ID.portal.REGION.app.aws`, `ID.REGION.portal.amazonaws.com`. */
export function regionOf(hostname: string): string | undefined {
  const region =
    /^[^.]+\.portal\.([a-z0-9-]+)\.app\.(?:aws|amazonwebservices\.com\.cn)$/i.exec(hostname)?.[1] ??
    /^[^.]+\.([a-z0-9-]+)\.portal\.amazonaws\.(?:com|com\.cn|eu)$/i.exec(hostname)?.[1] ??
    /^[^.]+\.portal\.([a-z0-9-]+)\.api\.amazonwebservices\.eu$/i.exec(hostname)?.[1];
  return region !== undefined && isHostLabel(region) ? region.toLowerCase() : undefined;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** A server that does not support HEAD. */
const NO_HEAD = [405, 501];

async function followOnce(url: URL, settings: CallSettings, failed: (why: string) => RolecallError): Promise<URL> {
  const head = await request("HEAD", url, settings);
  const response = NO_HEAD.includes(head.status) ? await request("GET", url, settings) : head;
  if (response.status >= 200 && response.status < 300) return url;
  if (!REDIRECTS.includes(response.status)) throw failed(`HTTP ${response.status}`);
  const location = URL.parse(response.headers.location ?? "", url.href);
  if (response.headers.location === undefined || location === null) throw failed("a redirect without a valid location");
  return location;
}

async function request(method: string, url: URL, { effects, ca }: CallSettings): Promise<HttpResponse> {
  const proxy = proxyFor(url, effects.environment)?.value;
  try {
    const response = await effects.http.request({ method, url: url.href, proxy, ca }, SERVICE_LIMITS);
    effects.trace(`${method} ${url.origin}${url.pathname}: HTTP ${response.status}`);
    return response;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw unreachable("the start URL", url.href, "resolve the start URL", error);
  }
}
