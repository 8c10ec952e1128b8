/** Sources that are asked because somebody named them, or their variable: `credential_source`. */
import type { Environment } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { nearest } from "../../text/suggest.ts";
import { sourceOnly, sourceOnlyIfPresent } from "../candidates.ts";
import { ignoredBecause, presentVariables } from "../ignored.ts";
import type { Chain, Ec2Settings } from "../plan.ts";
import type { Scope } from "../scope.ts";
import { CONTAINER_VARIABLES, containerStep } from "./container.ts";
import { configuredEc2, ec2Disabled } from "./ec2.ts";
import { environmentKeys } from "./environment_keys.ts";

/** What `credential_source` may name. */
export const CREDENTIAL_SOURCES = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

/**
 * The source that `credential_source` names. Its name is taken to the letter, as in the AWS CLI. Keys in the
 * environment are read here also when a profile was given as an option.
 *
 * @throws RolecallError `unknown-credential-source`, `credential-source-empty`, or what the source itself says.
 */
export function credentialSourceChain(scope: Scope, ec2: Ec2Settings, name: Sourced<string>): Chain {
  switch (name.value) {
    case "Environment":
      return (
        sourceOnlyIfPresent(environmentKeys(scope.environment, name)) ??
        emptySource(name, "the environment has no AWS_ACCESS_KEY_ID", "set it, and AWS_SECRET_ACCESS_KEY")
      );
    case "EcsContainer":
      return (
        containerChain(scope.environment, name) ??
        emptySource(
          name,
          "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
          "ECS and EKS set one of them for a task or pod that has a role",
        )
      );
    case "Ec2InstanceMetadata":
      if (ec2Disabled(scope) !== undefined) {
        return emptySource(name, "AWS_EC2_METADATA_DISABLED is true", "unset AWS_EC2_METADATA_DISABLED");
      }
      return sourceOnly(configuredEc2(ec2, name.from));
    default: {
      const meant = nearest(name.value, CREDENTIAL_SOURCES);
      throw new RolecallError("unknown-credential-source", `"${name.value}" is no credential source`, {
        at: name.from,
        length: name.value.length,
        help: [
          meant === undefined
            ? `the sources are ${CREDENTIAL_SOURCES.join(", ")}`
            : `did you mean ${meant}? (the name is taken to the letter)`,
        ],
      });
    }
  }
}

/**
 * The container, where the environment names it; of two variables the first wins.
 *
 * @param name of the `credential_source` that asks for it.
 */
export function containerChain(environment: Environment, name?: Sourced<string>): Chain | undefined {
  const [wins, ...idle] = presentVariables(environment, ...CONTAINER_VARIABLES);
  return sourceOnlyIfPresent(containerStep(environment, name), ignoredBecause(`${wins?.what} comes first`, idle));
}

function emptySource(name: Sourced<string>, why: string, help: string): never {
  throw new RolecallError("credential-source-empty", `${name.value} holds no credentials: ${why}`, {
    at: name.from,
    length: name.value.length,
    help: [help],
  });
}
