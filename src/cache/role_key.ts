/** From a role of the plan to its name in the cache. */
import type { AssumeRoleStep, SessionSettings, WebIdentityStep } from "../plan/plan.ts";
import { roleCacheKey } from "./key.ts";

/** What the plan says of the role's session, under STS's names; what is not set is not sent, and no part of the key. */
export function roleParameters(step: AssumeRoleStep) {
  const { roleArn, roleSessionName, externalId, durationSeconds } = step;
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
    ...(externalId === undefined ? {} : { ExternalId: externalId.value }),
    ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds.value }),
    ...sessionParameters(step.session),
  };
}

/** The MFA device is part of it, whether or not the call needs a code. */
export function assumeRoleKey(step: AssumeRoleStep): string {
  const { mfaSerial } = step;
  return roleCacheKey({
    ...roleParameters(step),
    ...(mfaSerial === undefined ? {} : { SerialNumber: mfaSerial.value }),
  });
}

export function webIdentityParameters({ roleArn, roleSessionName }: WebIdentityStep) {
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
  };
}

function sessionParameters({ policy, policyArns, tags, transitiveTagKeys, sourceIdentity }: SessionSettings) {
  return {
    ...(policy === undefined ? {} : { Policy: policy.value }),
    ...(policyArns.length === 0 ? {} : { PolicyArns: policyArns.map(({ value }) => ({ arn: value })) }),
    ...(tags.length === 0 ? {} : { Tags: tags.map(({ value }) => ({ Key: value.key, Value: value.value })) }),
    ...(transitiveTagKeys.length === 0 ? {} : { TransitiveTagKeys: transitiveTagKeys.map(({ value }) => value) }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity.value }),
  };
}
