/** The cache keys of a plan's steps, and the request parameters that the keys are made from. */
import type { AssumeRoleStep, SessionSettings, SsoStep, WebIdentityStep } from "../plan/plan.ts";
import { roleCacheKey, ssoRoleCacheKey } from "./key.ts";

/** The key of a role session. It does not depend on `--mfa-session`, because the resulting session is the same. */
export function roleStepKey(step: AssumeRoleStep): string {
  const serial = step.mfaSerial === undefined ? {} : { SerialNumber: step.mfaSerial.value };
  return roleCacheKey({ ...roleParameters(step), ...serial });
}

/** The configured parameters of AssumeRole, under their names in the STS API, without the MFA device. */
export function roleParameters({ roleArn, roleSessionName, externalId, durationSeconds, session }: AssumeRoleStep) {
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
    ...(externalId === undefined ? {} : { ExternalId: externalId.value }),
    ...(durationSeconds === undefined ? {} : { DurationSeconds: durationSeconds.value }),
    ...sessionParameters(session),
  };
}

/** The key of a role session from a web identity token. */
export function webIdentityStepKey(step: WebIdentityStep): string {
  return roleCacheKey(webIdentityParameters(step));
}

/** The configured parameters of AssumeRoleWithWebIdentity, under their names in the STS API, without the token. */
export function webIdentityParameters({ roleArn, roleSessionName }: WebIdentityStep) {
  return {
    RoleArn: roleArn.value,
    ...(roleSessionName === undefined ? {} : { RoleSessionName: roleSessionName.value }),
  };
}

/** The key of role credentials from IAM Identity Center. */
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
