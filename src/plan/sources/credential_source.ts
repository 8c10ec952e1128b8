/** Sources that `credential_source` names, or that a container's variables select. */
import { type Environment, variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { didYouMeanName, useOneOf } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { nearest } from "../../text/suggest.ts";
import { noContainer } from "../absence.ts";
import { sourceOnly, sourceOnlyIfPresent } from "../candidates.ts";
import { ignoredBecause, presentVariables } from "../ignored.ts";
import type { Chain, Ec2Settings } from "../plan.ts";
import type { Scope } from "../scope.ts";
import { CONTAINER_VARIABLES, containerStep } from "./container.ts";
import { configuredEc2, ec2Disabled } from "./ec2.ts";
import { environmentKeys } from "./environment_keys.ts";

/** The values of `credential_source`. */
export const CREDENTIAL_SOURCES = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

/**
 * The source that `credential_source` names. The name is case-sensitive, as in the AWS CLI. `Environment` uses the keys
 * in the environment even if a profile is chosen by an option.
 *
 * @throws RolecallError `unknown-credential-source`, `credential-source-empty`, or an error of the source itself.
 */
export function credentialSourceChain(scope: Scope, ec2: Ec2Settings, name: Sourced<string>): Chain {
  switch (name.value) {
    case "Environment":
      return (
        sourceOnlyIfPresent(environmentKeys(scope.environment, name)) ??
        throwEmptySource(name, "AWS_ACCESS_KEY_ID is not set", environmentHelp(scope.environment))
      );
    case "EcsContainer":
      return (
        containerChain(scope.environment, name) ??
        throwEmptySource(
          name,
          noContainer(),
          "give the ECS task or the EKS pod a role: ECS and EKS then set one of the variables",
        )
      );
    case "Ec2InstanceMetadata":
      if (ec2Disabled(scope) !== undefined) {
        return throwEmptySource(name, "AWS_EC2_METADATA_DISABLED is true", "unset AWS_EC2_METADATA_DISABLED");
      }
      return sourceOnly(configuredEc2(ec2, name.from));
    default: {
      const similar = nearest(name.value, CREDENTIAL_SOURCES);
      throw new RolecallError("unknown-credential-source", `unknown credential source "${name.value}"`, {
        at: name.from,
        length: name.value.length,
        help: [
          similar === undefined ? useOneOf(CREDENTIAL_SOURCES) : didYouMeanName(similar, "names are case-sensitive"),
        ],
      });
    }
  }
}

/** On EKS the environment has a web identity, which `credential_source` cannot name. */
function environmentHelp(environment: Environment): string {
  return variable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE") === undefined
    ? "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    : "replace credential_source with source_profile = NAME, where NAME is a profile with web_identity_token_file and " +
        "role_arn (the values of AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN)";
}

/**
 * The container, if the environment has its endpoint.
 *
 * @param name the `credential_source` that names the container.
 */
export function containerChain(environment: Environment, name?: Sourced<string>): Chain | undefined {
  const [used, ...overridden] = presentVariables(environment, ...CONTAINER_VARIABLES);
  return sourceOnlyIfPresent(
    containerStep(environment, name),
    ignoredBecause(`${used?.what} takes precedence`, overridden),
  );
}

function throwEmptySource(name: Sourced<string>, why: string, help: string): never {
  throw new RolecallError("credential-source-empty", `the credential source ${name.value} has no credentials: ${why}`, {
    at: name.from,
    length: name.value.length,
    help: [help],
  });
}
