/** The container credentials endpoint: ECS, EKS Pod Identity, Greengrass. */
import { type Environment, variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { USE_HTTP_URL } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { parseHttpUrl } from "../../text/url.ts";
import type { ContainerStep } from "../plan.ts";

/** The variables that name the endpoint, the stronger one first. */
export const CONTAINER_VARIABLES = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/** Where ECS answers; a relative URI is relative to it. */
const ECS_ENDPOINT = "http://169.254.170.2";

/**
 * Hosts that may be asked over plain http. They are compared to the letter, in the form that a URL has them, and never
 * looked up: a name server must not be able to send the authorization token anywhere.
 */
const PLAIN_HTTP_HOSTS = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost"];

/**
 * The step for the endpoint that the environment names, or undefined where it names none. The relative URI wins over
 * the full one.
 *
 * @param because the `credential_source` that names the container.
 * @throws RolecallError `container-endpoint-refused` for a URI that is none, or a host that may not be asked.
 */
export function containerStep(environment: Environment, because?: Sourced<string>): ContainerStep | undefined {
  const relative = variable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (relative !== undefined) {
    const from = { variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" };
    const url = URL.parse(`${ECS_ENDPOINT}${relative}`);
    // `@elsewhere` or `.elsewhere` would make another host of it.
    if (url === null || url.origin !== ECS_ENDPOINT) {
      throw refused(`"${relative}" is no path on ${ECS_ENDPOINT}`, from, ["it begins with /"]);
    }
    return { kind: "container", url: url.href, from: because?.from ?? from };
  }
  const full = variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (full === undefined) return undefined;
  const from = { variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI" };
  return { kind: "container", url: allowed(full, from).href, from: because?.from ?? from };
}

function allowed(text: string, from: { readonly variable: string }): URL {
  const url = parseHttpUrl(text);
  if (url === undefined) throw refused(`invalid container credentials URI "${text}"`, from, [USE_HTTP_URL]);
  if (url.protocol === "https:" || PLAIN_HTTP_HOSTS.includes(url.hostname) || isLoopback(url.hostname)) return url;
  throw refused(`the container credentials are not asked of ${url.hostname} over plain http`, from, [
    "https may go anywhere; http only to 127.0.0.0/8, ::1, localhost, 169.254.170.2, 169.254.170.23 and fd00:ec2::23",
  ]);
}

/** @param host as a parsed URL has it: an IPv4 address is in its usual form there, however it was written. */
function isLoopback(host: string): boolean {
  return host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refused(message: string, at: { readonly variable: string }, help: readonly string[] = []): RolecallError {
  return new RolecallError("container-endpoint-refused", message, { at, help });
}
