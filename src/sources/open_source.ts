/** From a step of the plan to the source that carries it out. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../credentials.ts";
import type { Effects } from "../effects.ts";
import { RolecallError } from "../errors.ts";
import type { SourceStep } from "../plan/plan.ts";
import { containerCredentials } from "./container.ts";
import { ec2Source } from "./ec2.ts";
import { environmentCredentials } from "./environment.ts";
import { staticCredentials } from "./static.ts";

export interface Source {
  /** @throws RolecallError when the source holds no credentials. */
  credentials(): Promise<Credentials>;
  /** The region that the source is in, where it knows one. It never fails: a region is a convenience. */
  region(): Promise<string | undefined>;
}

/** Nothing is asked before `credentials` or `region` is called. */
export function openSource(step: SourceStep, config: SharedConfig, effects: Effects): Source {
  switch (step.kind) {
    case "environment":
      return local(() => environmentCredentials(effects.environment, effects.now()));
    case "static":
      return local(() => staticCredentials(step, config));
    case "container":
      return { credentials: () => containerCredentials(step, effects), region: async () => undefined };
    case "ec2":
      return ec2Source(step, effects);
    case "web-identity":
    case "process":
    case "sso":
    case "login":
      throw new RolecallError("not-built-yet", `this version does not have the source ${step.kind} yet`, {
        at: step.from,
      });
  }
}

function local(read: () => Credentials): Source {
  return { credentials: async () => read(), region: async () => undefined };
}
