/** Access keys in the environment. */
import { looksSwapped } from "../../domain/credentials.ts";
import { type Environment, variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { swapKeys } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import type { EnvironmentStep } from "../plan.ts";
import { sourcedVariable } from "../scope.ts";

/**
 * The step for keys in the environment; undefined without `AWS_ACCESS_KEY_ID`.
 *
 * @param because the `credential_source` that names the environment, or the variable that selects it.
 * @throws RolecallError `partial-credentials` for a key id without its secret. As in the AWS CLI, no other source is
 * used then. `invalid-setting` for a key id that looks like a secret.
 */
export function environmentKeys(
  environment: Environment,
  because: Sourced<string> | "AWS_ACCESS_KEY_ID",
): EnvironmentStep | undefined {
  const keyId = variable(environment, "AWS_ACCESS_KEY_ID");
  const secret = variable(environment, "AWS_SECRET_ACCESS_KEY");
  if (keyId === undefined) return undefined;
  if (secret === undefined) {
    throw new RolecallError("partial-credentials", "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", {
      at: { variable: "AWS_ACCESS_KEY_ID" },
      help: ["set both, or unset AWS_ACCESS_KEY_ID to use another source"],
    });
  }
  if (looksSwapped(keyId, secret)) {
    throw new RolecallError(
      "invalid-setting",
      "the keys in the environment seem to be swapped: AWS_ACCESS_KEY_ID looks like a secret access key",
      {
        at: { variable: "AWS_ACCESS_KEY_ID" },
        help: [swapKeys("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")],
      },
    );
  }
  return {
    kind: "environment",
    expiration: sourcedVariable(environment, "AWS_CREDENTIAL_EXPIRATION"),
    from: typeof because === "string" ? { variable: because } : because.from,
  };
}
