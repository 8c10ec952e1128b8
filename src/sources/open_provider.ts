/**
 * Creates the credential provider for the source step of a plan. Loads only that provider, because most of them load
 * node:http and more.
 */
import type { Cache } from "../cache/cache.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { describeOrigin } from "../domain/origin.ts";
import { withProgress } from "../domain/progress.ts";
import type { ServiceSettings, SourceStep } from "../plan/plan.ts";
import type { Sts } from "../sts/sts.ts";
import type { CredentialProvider } from "./credential_provider.ts";
import { environmentCredentials } from "./environment.ts";
import { staticCredentials } from "./static.ts";

export interface ProviderDependencies {
  readonly config: SharedConfig;
  readonly services: ServiceSettings;
  readonly effects: Effects;
  readonly cache: Cache;
  /** Connects to STS, which loads the AWS SDK. */
  sts(): Promise<Sts>;
}

/** Reads nothing and sends nothing before `credentials` or `region` is called. */
export function openProvider(
  step: SourceStep,
  { config, services, effects, cache, sts }: ProviderDependencies,
): CredentialProvider {
  switch (step.kind) {
    case "environment":
      return withoutRegion(async () =>
        warnAboutQuotes(environmentCredentials(effects.environment, effects.now()), "the environment", effects),
      );
    case "static":
      return withoutRegion(async () =>
        warnAboutQuotes(staticCredentials(step, config), describeOrigin(step.from), effects),
      );
    case "web-identity":
      return withoutRegion(async () =>
        (await import("./web_identity.ts")).webIdentityCredentials(step, cache, sts, effects),
      );
    case "sso":
      return withoutRegion(async () => (await import("./sso.ts")).ssoCredentials(step, services, cache, effects));
    case "login":
      return withoutRegion(async () => (await import("./login.ts")).loginCredentials(step, services, effects));
    case "process":
      return withoutRegion(() =>
        withProgress(effects, "credential_process", async () =>
          (await import("./process.ts")).processCredentials(step, config, effects),
        ),
      );
    case "container":
      return withoutRegion(() =>
        withProgress(effects, "the container credentials endpoint", async () =>
          (await import("./container.ts")).containerCredentials(step, effects),
        ),
      );
    case "ec2":
      return withProgressShown(
        loadedOnUse(async () => (await import("./ec2.ts")).ec2Provider(step, effects)),
        "the EC2 instance metadata service",
        effects,
      );
  }
}

/**
 * Warns about quotes around a value, such as those in an env file for Docker, which does not remove them. AWS's keys
 * have none.
 */
function warnAboutQuotes(credentials: Credentials, where: string, { warn }: Effects): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken = "" } = credentials;
  for (const [name, value] of [
    ["access key ID", accessKeyId],
    ["secret access key", secretAccessKey],
    ["session token", sessionToken],
  ] as const) {
    if (/^["']|["']$/.test(value)) warn(`the quotes are part of the ${name} (${where}): remove them`);
  }
  return credentials;
}

/** Both functions use the same provider, which is loaded when the first of them is called. */
function loadedOnUse(load: () => Promise<CredentialProvider>): CredentialProvider {
  let loading: Promise<CredentialProvider> | undefined;
  const provider = () => {
    loading ??= load();
    return loading;
  };
  return {
    credentials: async () => (await provider()).credentials(),
    region: async () => (await provider()).region(),
  };
}

/** Shows progress while the provider waits. */
function withProgressShown(provider: CredentialProvider, what: string, effects: Effects): CredentialProvider {
  return {
    credentials: () => withProgress(effects, what, provider.credentials),
    region: () => withProgress(effects, what, provider.region),
  };
}

/** A provider without a region. */
function withoutRegion(credentials: () => Promise<Credentials>): CredentialProvider {
  return { credentials, region: async () => undefined };
}
