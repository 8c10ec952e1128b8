/** Makes plans from the texts of the AWS files, for tests of the rules. */
import { mergeSharedConfig } from "../../src/config/merge.ts";
import type { Environment } from "../../src/domain/environment.ts";
import { RolecallError } from "../../src/domain/errors.ts";
import { parseIni } from "../../src/ini/parse.ts";
import { makePlan, type Planned } from "../../src/plan/make_plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { CredentialOptions, PlanInputs } from "../../src/plan/scope.ts";

export interface Situation {
  readonly config?: string;
  readonly credentials?: string;
  readonly environment?: Environment;
  readonly options?: Readonly<Partial<Record<keyof CredentialOptions, string>>>;
}

export function planOf(situation: Situation): Planned {
  return makePlan(inputsOf(situation));
}

export function inputsOf(situation: Situation): PlanInputs {
  const { config, credentials, environment = {}, options = {} } = situation;
  return {
    environment,
    options: Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, { value, from: { option: name } }]),
    ),
    config: mergeSharedConfig(
      config === undefined ? undefined : parseIni(config, "config"),
      credentials === undefined ? undefined : parseIni(credentials, "credentials"),
      { configFile: "config", credentialsFile: "credentials" },
    ),
  };
}

/** The chain as one line: `static:user1@credentials → arn:aws:iam::123456789012:role/deploy`. */
export function chainText({ source, roles }: Plan): string {
  const start = source.kind === "static" ? `static:${source.profile}@${source.file}` : source.kind;
  return [start, ...roles.map((role) => role.roleArn.value)].join(" → ");
}

/** The chain's line, or the code of the error. */
export function outcomeOf(situation: Situation): string {
  const error = errorOf(situation);
  return error === undefined ? chainText(planOf(situation).plan) : `error ${error.code}`;
}

export function errorOf(situation: Situation): RolecallError | undefined {
  try {
    planOf(situation);
    return undefined;
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}
