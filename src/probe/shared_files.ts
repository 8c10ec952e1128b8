/** Probes the chosen profile in the config and credentials files. Runs no program and sends no request. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { USE_FULL_PATH } from "../domain/help_texts.ts";
import { describeOrigin } from "../domain/origin.ts";
import { noProfileSource } from "../plan/absence.ts";
import { chainOfProfile } from "../plan/chain.ts";
import type { LoginStep, ProcessStep, SourceStep, SsoStep } from "../plan/plan.ts";
import type { Scope } from "../plan/scope.ts";
import { findCommand } from "../runtime/process/find_command.ts";
import { environmentCredentials } from "../sources/environment.ts";
import { inspectLogin } from "../sources/login.ts";
import { inspectSsoToken } from "../sources/sso.ts";
import { staticCredentials } from "../sources/static.ts";
import type { TokenState } from "../sources/token_refresh.ts";
import { formatUtc } from "../text/timestamp.ts";
import { describeKeys, describeLifetime, errorFinding, type Finding, finding } from "./finding.ts";
import { probeToken } from "./web_identity.ts";

/** The findings of sources that a profile can refer to. */
export interface OtherFindings {
  readonly container: Promise<Finding>;
  readonly ec2: Promise<Finding>;
}

/**
 * Checks the chosen profile, its chain of roles and the source at the end of the chain.
 *
 * @throws RolecallError if the profile is invalid.
 */
export async function probeSharedFiles(scope: Scope, effects: Effects, others: OtherFindings): Promise<Finding> {
  const chain = chainOfProfile(scope);
  if (chain === undefined) return finding("absent", noProfileSource(scope));
  const profile = `profile "${scope.profileName.value}"`;
  const roles = [...chain.roles].reverse().map((role) => `role ${role.roleArn.value}`);
  try {
    const source = await probeSource(chain.source, scope.config, effects, others);
    return { ...source, detail: `${profile}: ${[...roles, source.detail].join(" from ")}` };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    const problem = errorFinding(error);
    return { ...problem, detail: `${[profile, ...roles].join(", ")}: ${problem.detail}` };
  }
}

async function probeSource(
  step: SourceStep,
  config: SharedConfig,
  effects: Effects,
  others: OtherFindings,
): Promise<Finding> {
  switch (step.kind) {
    case "static": {
      const keys = describeKeys(staticCredentials(step, config), effects.now());
      return finding("available", `${keys} in [${step.profile}] (${describeOrigin(step.from)})`);
    }
    case "environment": {
      const keys = describeKeys(environmentCredentials(effects.environment, effects.now()), effects.now());
      return finding("available", `the environment: ${keys}`);
    }
    case "web-identity":
      return probeToken(step, effects);
    case "sso":
      return probeSso(step, effects);
    case "login":
      return probeLogin(step, effects);
    case "process":
      return probeProcess(step, effects);
    case "container":
      return refer("the container", await others.container);
    case "ec2":
      return refer("the EC2 instance", await others.ec2);
  }
}

/** The finding of another row, whose hints are shown there. */
function refer(what: string, { state, detail }: Finding): Finding {
  return finding(state, `${what}: ${detail}`);
}

function probeSso(step: SsoStep, effects: Effects): Finding {
  const token = inspectSsoToken(step, effects);
  const { expiration, problem } = token;
  if (expiration === undefined) throw problem;
  if (problem !== undefined) {
    const refused = errorFinding(problem);
    return { ...refused, detail: `${refused.detail}${refreshText(token, effects.now())}`, state: "refused" };
  }
  const role = `SSO role ${step.roleName.value} in account ${step.accountId.value}`;
  return finding("available", `${role}; SSO token: ${tokenText(token, expiration, effects.now())}`);
}

function probeLogin(step: LoginStep, effects: Effects): Finding {
  const token = inspectLogin(step, effects);
  const { expiration, problem } = token;
  if (expiration === undefined) throw problem;
  return finding("available", `login session ${step.session.value}: ${tokenText(token, expiration, effects.now())}`);
}

function tokenText(token: TokenState, expiration: Date, now: Date): string {
  const next = token.state === "refreshable" ? ", refreshed before its next use" : "";
  return `${describeLifetime(expiration, now)}${next}${refreshText(token, now)}`;
}

function refreshText({ registrationExpiresAt: end }: TokenState, now: Date): string {
  if (end === undefined) return "";
  return end > now ? `, refreshable until ${formatUtc(end)}` : "; the client registration has expired, too";
}

function probeProcess({ argv, from }: ProcessStep, { environment }: Effects): Finding {
  const [program = ""] = argv;
  const position = describeOrigin(from);
  const found = findCommand(program, environment);
  if ("missing" in found) {
    const why = found.missing === "not-found" ? "was not found" : "cannot be executed";
    return finding("misconfigured", `credential_process: ${program} ${why} (${position})`, [USE_FULL_PATH]);
  }
  return finding("available", `credential_process ${found.file} (${position}); probe does not run it`);
}
