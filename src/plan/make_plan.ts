/** Makes the plan: the entry point of this folder. */
import type { Profile } from "../config/shared_config.ts";
import { RolecallError } from "../domain/errors.ts";
import { planChain } from "./chain.ts";
import { emptyVariables, ignoredLookalikes } from "./ignored.ts";
import type { Chain, Plan } from "./plan.ts";
import { mfaSession } from "./roles/mfa_session.ts";
import { profileRole } from "./roles/role.ts";
import { chooseProfile, type PlanInputs, type Scope } from "./scope.ts";
import { configuredRegion, ignoredEndpoints } from "./services/endpoints.ts";
import { serviceSettings } from "./services/service_settings.ts";
import { stsSettings } from "./services/sts_settings.ts";

export interface Planned {
  readonly plan: Plan;
  /** What the plan was made from. */
  readonly scope: Scope;
}

/**
 * Makes the plan from the options, the environment and the two AWS files. Does no I/O.
 *
 * @throws RolecallError for everything that is wrong in the inputs, before any source is used.
 */
export function makePlan(inputs: PlanInputs): Planned {
  const scope = chooseProfile(inputs);
  return { scope, plan: planFor(scope, planChain(scope)) };
}

/**
 * Makes the plan of a profile with a role, whose `similarSettings` are those of another plan's profile. The chain that
 * assumes the role is the same.
 *
 * @param similar a plan that no options but the profile have influenced.
 */
export function makeSimilarPlan({ scope, plan }: Planned, profile: Profile): Plan {
  const { source, passedOver, roles } = plan;
  const ownScope = { ...scope, profile, profileName: { value: profile.name, from: scope.profileName.from } };
  const ownRoles = [...roles.slice(0, -1), profileRole(profile, {}, scope.config)];
  return planFor(ownScope, { source, passedOver, roles: ownRoles, ignored: [] });
}

function planFor(scope: Scope, chain: Chain): Plan {
  const region = configuredRegion(scope);
  return {
    profile: scope.profile === undefined ? undefined : scope.profileName,
    region,
    services: serviceSettings(scope),
    sts: stsSettings(scope, region, chain.source, chain.roles),
    mfaSession: mfaSession(scope, chain.roles),
    ...chain,
    ignored:
      scope.listsIgnored === false
        ? []
        : [
            ...chain.ignored,
            ...ignoredLookalikes(scope),
            ...ignoredEndpoints(scope, "sts"),
            ...emptyVariables(scope.environment),
          ],
  };
}

/** The settings for calls of STS, even if no plan can be made because no source has credentials. */
export function planServices(scope: Scope): Pick<Plan, "sts" | "services"> {
  const chain = chainIfValid(scope);
  return {
    services: serviceSettings(scope),
    sts: stsSettings(scope, configuredRegion(scope), chain?.source, chain?.roles ?? []),
  };
}

function chainIfValid(scope: Scope): Chain | undefined {
  try {
    return planChain(scope);
  } catch (error) {
    if (error instanceof RolecallError) return undefined;
    throw error;
  }
}
