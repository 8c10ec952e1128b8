/** Access keys in the environment. */
import { type Environment, variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import type { EnvironmentStep } from "../plan.ts";
import { sourcedVariable } from "../scope.ts";

/**
 * The step for keys in the environment; undefined without `AWS_ACCESS_KEY_ID`.
 *
 * @param because the `credential_source` that names the environment, or the variable that selects it.
 * @throws RolecallError `partial-credentials` for a key id without its secret. As in the AWS CLI, no other source is
 * used then.
 */
export function environmentKeys(
  environment: Environment,
  because: Sourced<string> | "AWS_ACCESS_KEY_ID",
): EnvironmentStep | undefined {
  if (variable(environment, "AWS_ACCESS_KEY_ID") === undefined) return undefined;
  if (variable(environment, "AWS_SECRET_ACCESS_KEY") === undefined) {
    throw new RolecallError("partial-credentials", "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", {
      at: { variable: "AWS_ACCESS_KEY_ID" },
      help: ["set both, or unset AWS_ACCESS_KEY_ID to use another source"],
    });
  }
  return {
    kind: "environment",
    expiration: sourcedVariable(environment, "AWS_CREDENTIAL_EXPIRATION"),
    from: typeof because === "string" ? { variable: because } : because.from,
  };
}
