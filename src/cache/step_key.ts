/** Under which key a step of the plan is cached, and the parameters that the key is made of. */
import type { AssumeRoleStep, SessionSettings, SsoStep, WebIdentityStep } from "../plan/plan.ts";
import { roleCacheKey, ssoRoleCacheKey } from "./key.ts";

/** The key of a role's session. It is the same with an MFA session beneath it: so is what comes of it. */
export function roleStepKey(step: AssumeRoleStep): string {
  const serial = step.mfaSerial === undefined ? {} : { SerialNumber: step.mfaSerial.value };
  return roleCacheKey({ ...roleParameters(step), ...serial });
}

/** What was configured of a role's session, under STS's names, the MFA device apart; what is not set is not there. */
export function roleParameters({ roleArn, roleSessionName, externalId, durationSeconds, session }: AssumeRoleStep) {
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
    ...(externalId === undefined ? {} : { ExternalId: externalId.value }),
    ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds.value }),
    ...sessionParameters(session),
  };
}

export function webIdentityStepKey(step: WebIdentityStep): string {
  return roleCacheKey(webIdentityParameters(step));
}

export function webIdentityParameters({ roleArn, roleSessionName }: WebIdentityStep) {
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
  };
}

export function ssoStepKey({ accountId, roleName, session, startUrl }: SsoStep): string {
  return ssoRoleCacheKey({
    accountId: accountId.value,
    roleName: roleName.value,
    ...(session === undefined ? { startUrl: startUrl.value } : { sessionName: session.value }),
  });
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
