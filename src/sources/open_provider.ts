/** From a step of the plan to the source that carries it out. */
import type { Cache } from "../cache/cache.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { withProgress } from "../domain/progress.ts";
import type { ServiceSettings, SourceStep } from "../plan/plan.ts";
import type { Sts } from "../sts/sts.ts";
import { containerCredentials } from "./container.ts";
import type { CredentialProvider } from "./credential_provider.ts";
import { ec2Provider } from "./ec2.ts";
import { environmentCredentials } from "./environment.ts";
import { loginCredentials } from "./login.ts";
import { processCredentials } from "./process.ts";
import { ssoCredentials } from "./sso.ts";
import { staticCredentials } from "./static.ts";
import { webIdentityCredentials } from "./web_identity.ts";

export interface ProviderDependencies {
  readonly config: SharedConfig;
  readonly services: ServiceSettings;
  readonly effects: Effects;
  readonly cache: Cache;
  /** Connects to STS; loads the SDK. */
  sts(): Promise<Sts>;
}

/** Nothing is asked before `credentials` or `region` is called. */
export function openProvider(
  step: SourceStep,
  { config, services, effects, cache, sts }: ProviderDependencies,
): CredentialProvider {
  switch (step.kind) {
    case "environment":
      return nowhere(async () => environmentCredentials(effects.environment, effects.now()));
    case "static":
      return nowhere(async () => staticCredentials(step, config));
    case "web-identity":
      return nowhere(() => webIdentityCredentials(step, cache, sts, effects));
    case "sso":
      return nowhere(() => ssoCredentials(step, services, cache, effects));
    case "login":
      return nowhere(() => loginCredentials(step, services, effects));
    case "process":
      return nowhere(() =>
        withProgress(effects, "credential_process", () => processCredentials(step, config, effects)),
      );
    case "container":
      return nowhere(() =>
        withProgress(effects, "the container credentials endpoint", () => containerCredentials(step, effects)),
      );
    case "ec2":
      return told(ec2Provider(step, effects), "the EC2 instance metadata service", effects);
  }
}

/** A source that a person hears of where it is slow. */
function told(source: CredentialProvider, what: string, effects: Effects): CredentialProvider {
  return {
    credentials: () => withProgress(effects, what, source.credentials),
    region: () => withProgress(effects, what, source.region),
  };
}

/** A source that does not know where it is. */
function nowhere(credentials: () => Promise<Credentials>): CredentialProvider {
  return { credentials, region: async () => undefined };
}
