/** What keeps clients from a server, although it runs. */
import type { Credentials } from "../domain/credentials.ts";
import type { Environment } from "../domain/environment.ts";
import { proxyInTheWay } from "../http/proxy.ts";
import type { Service } from "./service.ts";

/**
 * Warnings for the start of the server.
 *
 * boto3 and the AWS CLI send requests for EC2 metadata to a proxy, but none for container credentials.
 * The AWS Common Runtime ends its process if EC2 credentials have no session token.
 *
 * @param url the server's URL.
 * @param environment this process's own: that of its clients is probably the same.
 */
export function clientWarnings(
  service: Service,
  url: string,
  { sessionToken }: Credentials,
  environment: Environment,
): string[] {
  if (service !== "imds") return [];
  const warnings: string[] = [];
  const proxy = proxyInTheWay(new URL(url), environment);
  if (proxy !== undefined) {
    warnings.push(
      `${proxy.fact}: boto3 and the AWS CLI would ask the proxy instead of this server; ${proxy.advice} for them`,
    );
  }
  if (sessionToken === undefined) {
    warnings.push(
      "these are a user's own keys without a session token, which some clients of EC2 metadata do not accept, such as the AWS Common Runtime; use a role or --as ecs",
    );
  }
  return warnings;
}
