/** The container credentials endpoint of ECS, EKS Pod Identity and Greengrass. */
import { type Environment, variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { USE_HTTP_URL } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { parseHttpUrl, redactPath } from "../../text/url.ts";
import type { ContainerStep } from "../plan.ts";

/** The variables that set the endpoint, in order of precedence. */
export const CONTAINER_VARIABLES = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/** The endpoint of ECS, to which a relative URI is appended. */
const ECS_ENDPOINT = "http://169.254.170.2";

/**
 * The hosts to which plain http is allowed. They are compared as text, as a URL parser normalizes them, and never
 * resolved: a name server must not be able to direct the authorization token to another host.
 */
const PLAIN_HTTP_HOSTS = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost"];

/**
 * The step for the endpoint in the environment; undefined if none is set. The relative URI overrides the full one.
 *
 * @param because the `credential_source` that names the container.
 * @throws RolecallError `container-endpoint-refused` for a URI that is invalid, or a host that is not allowed.
 */
export function containerStep(environment: Environment, because?: Sourced<string>): ContainerStep | undefined {
  const relative = variable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  if (relative !== undefined) {
    const from = { variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" };
    const url = URL.parse(`${ECS_ENDPOINT}${relative}`);
    // A URI such as `@example.com` or `.example.com` would change the host.
    if (url === null || url.origin !== ECS_ENDPOINT) {
      throw endpointRefused(`invalid relative container credentials URI "${redactPath(relative)}"`, from, [
        "use a path that begins with /",
      ]);
    }
    return { kind: "container", url: url.href, from: because?.from ?? from };
  }
  const full = variable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (full === undefined) return undefined;
  const from = { variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI" };
  return { kind: "container", url: allowedUrl(full, from).href, from: because?.from ?? from };
}

function allowedUrl(text: string, from: { readonly variable: string }): URL {
  const url = parseHttpUrl(text);
  if (url === undefined)
    throw endpointRefused(`invalid container credentials URI "${redactPath(text)}"`, from, [USE_HTTP_URL]);
  if (url.protocol === "https:" || PLAIN_HTTP_HOSTS.includes(url.hostname) || isLoopback(url.hostname)) return url;
  throw endpointRefused(`plain http to ${url.hostname} is not allowed for container credentials`, from, [
    "use https, or one of 127.0.0.0/8, ::1, localhost, 169.254.170.2, 169.254.170.23 and fd00:ec2::23",
  ]);
}

/** @param host from a parsed URL, which has normalized an IPv4 address such as `0x7f.1` to four decimal numbers. */
function isLoopback(host: string): boolean {
  return host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function endpointRefused(
  message: string,
  at: { readonly variable: string },
  help: readonly string[] = [],
): RolecallError {
  return new RolecallError("container-endpoint-refused", message, { at, help });
}
