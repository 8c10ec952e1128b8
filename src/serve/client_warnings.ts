/** Warnings about what keeps clients from using a running server. */
import type { Credentials } from "../domain/credentials.ts";
import type { Environment } from "../domain/environment.ts";
import { metadataProxy } from "../http/proxy.ts";
import type { Service } from "./service.ts";

/**
 * boto3 and the AWS CLI send requests for EC2 metadata to a proxy, but none for container credentials.
 *
 * @param url the server's URL.
 * @param environment this process's own: that of its clients is probably the same.
 */
export function proxyWarnings(service: Service, url: string, environment: Environment): string[] {
  const proxy = service === "imds" ? metadataProxy(new URL(url), environment) : undefined;
  if (proxy === undefined) return [];
  return [
    `${proxy.fact}: boto3 and the AWS CLI would send requests to the proxy instead of this server; ${proxy.advice} for them`,
  ];
}

/** The AWS Common Runtime aborts its process if EC2 credentials have no session token. */
export function keyWarnings(service: Service, { sessionToken }: Credentials): string[] {
  if (service !== "imds" || sessionToken !== undefined) return [];
  return [
    "these are a user's own keys without a session token, which some clients of EC2 metadata do not accept, such as the AWS Common Runtime; use a role or --as ecs",
  ];
}
