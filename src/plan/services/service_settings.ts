/** Settings for calls of AWS services: the number of attempts and the CA certificates. */
import { invalidValue } from "../../domain/errors.ts";
import { useOneOf } from "../../domain/help_texts.ts";
import { type Sourced, withValue } from "../../domain/origin.ts";
import type { ServiceSettings } from "../plan.ts";
import { builtInDefault, lookUp, lookUpInteger, type Scope, sharedUnlessSet } from "../scope.ts";

/** The default number of attempts in each of the AWS CLI's retry modes, including the first attempt. */
const ATTEMPTS: Readonly<Record<string, number>> = { standard: 3, adaptive: 3, legacy: 5 };

/** @throws RolecallError `invalid-setting` for an unknown retry mode, or a number of attempts that is not a number. */
export function serviceSettings(scope: Scope): ServiceSettings {
  return sharedUnlessSet(scope, SERVICE_KEYS, lookUpServiceSettings);
}

const SERVICE_KEYS = ["ca_bundle", "max_attempts", "retry_mode"];

function lookUpServiceSettings(scope: Scope): ServiceSettings {
  const caBundle = lookUp(scope, { option: scope.options.caBundle, variables: ["AWS_CA_BUNDLE"], key: "ca_bundle" });
  return {
    attempts: lookUpInteger(scope, { variables: ["AWS_MAX_ATTEMPTS"], key: "max_attempts" }, attemptsOfMode(scope)),
    caBundle: caBundle?.value === "" ? undefined : caBundle,
  };
}

function attemptsOfMode(scope: Scope): Sourced<number> {
  const mode = lookUp(scope, { variables: ["AWS_RETRY_MODE"], key: "retry_mode" }) ?? builtInDefault("standard");
  const attempts = ATTEMPTS[mode.value.toLowerCase()];
  if (attempts !== undefined) return withValue(mode, attempts);
  throw invalidValue("retry mode", mode, [useOneOf(Object.keys(ATTEMPTS))]);
}
