/** The output of `explain --json`. Its keys are part of the contract: camelCase and stable. */

import type { Sourced } from "../domain/origin.ts";
import type { AssumeRoleStep, SourceStep } from "../plan/plan.ts";
import type { CachePreview, StepPreview, TokenPreview } from "../resolve/preview.ts";
import { formatUtc } from "../text/timestamp.ts";
import { redactPath } from "../text/url.ts";
import { type Explanation, program, redactPassword, unsetRegion } from "./explanation.ts";

/**
 * The plan as an object for `JSON.stringify`. A step has each value under its own name, and again in `settings` with its
 * origin and the values that it overrides. Settings that are not set are missing.
 */
export function planJson({ plan, profileName, sts, proxy, minTtl, preview }: Explanation) {
  return {
    profile: sourced(profileName),
    region: plan.region === undefined ? { value: null, from: { default: unsetRegion(plan) } } : sourced(plan.region),
    stsEndpoint: {
      ...sourced({
        value: sts.url ?? null,
        from: sts.from,
        ...(sts.overrides === undefined ? {} : { overrides: sts.overrides }),
      }),
      reason: sts.reason,
      signingRegion: sts.signingRegion ?? null,
    },
    steps: [
      {
        ...sourceJson(plan.source),
        ...previewJson(preview.source),
        token: preview.source.token && tokenJson(preview.source.token),
      },
      ...plan.roles.map((role, index) => ({ ...roleJson(role), ...previewJson(preview.roles[index]) })),
    ],
    mfaSession: plan.mfaSession && {
      ...settingsJson({
        mfaSerial: plan.mfaSession.serial,
        mfaProcess: plan.mfaSession.mfaProcess && program(plan.mfaSession.mfaProcess),
        durationSeconds: plan.mfaSession.durationSeconds,
      }),
      from: plan.mfaSession.from,
      ...previewJson(preview.mfaSession),
    },
    services: {
      attempts: sourced(plan.services.attempts),
      caBundle: optional(plan.services.caBundle),
      proxy: optional(proxy),
    },
    cache: { minTtl: sourced(minTtl) },
    passedOver: plan.passedOver,
    ignored: plan.ignored,
  };
}

function sourceJson(source: SourceStep) {
  const { kind, from } = source;
  switch (source.kind) {
    case "environment":
      return { kind, ...settingsJson({ expiration: source.expiration }), from };
    case "static":
      return { kind, profile: source.profile, file: source.file, from };
    case "process":
      return { kind, profile: source.profile, program: program({ value: source.argv, from }).value, from };
    case "container":
      return { kind, url: redactPath(source.url), from };
    case "web-identity": {
      const { tokenFile, roleArn, roleSessionName } = source;
      return { kind, ...settingsJson({ roleArn, tokenFile, roleSessionName }), from };
    }
    case "sso": {
      const { profile, session, accountId, roleName, startUrl, region, portalEndpoint, oidcEndpoint } = source;
      const settings = { session, accountId, roleName, startUrl, region, portalEndpoint, oidcEndpoint };
      return { kind, profile, ...settingsJson(settings), from };
    }
    case "login": {
      const { profile, session, region, endpoint } = source;
      return { kind, profile, ...settingsJson({ session, region, endpoint }), from };
    }
    case "ec2": {
      const { endpoint, timeoutSeconds, attempts, v1, named } = source;
      return { kind, named, ...settingsJson({ endpoint, timeoutSeconds, attempts, v1 }), from };
    }
  }
}

function roleJson({ kind, profile, session, from, mfaProcess, ...role }: AssumeRoleStep) {
  const { roleArn, sourceProfile, credentialSource, roleSessionName, externalId, durationSeconds, mfaSerial } = role;
  const { policy, policyArns, tags, transitiveTagKeys, sourceIdentity } = session;
  return {
    kind,
    profile,
    ...settingsJson({
      roleArn,
      sourceProfile,
      credentialSource,
      roleSessionName,
      externalId,
      durationSeconds,
      mfaSerial,
      mfaProcess: mfaProcess && program(mfaProcess),
      policy,
      policyArns: joined(policyArns),
      tags: joined(tags),
      transitiveTagKeys: joined(transitiveTagKeys),
      sourceIdentity,
    }),
    from,
  };
}

/** The values of the settings under their names, and `settings` with their origins. */
function settingsJson(settings: Readonly<Record<string, Sourced<unknown> | undefined>>) {
  const set = Object.entries(settings).flatMap(([name, setting]) => {
    const value = optional(setting);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(set.map(([name, { value }]) => [name, value])),
    settings: Object.fromEntries(set),
  };
}

/** Joins the items of a list setting, which all have the same origin. */
function joined<T>(list: readonly Sourced<T>[]): Sourced<readonly T[]> | undefined {
  const [first] = list;
  return first && { value: list.map(({ value }) => value), from: first.from };
}

function previewJson(step: StepPreview | undefined) {
  return step && { isNeeded: step.isNeeded, cache: step.cache && cacheJson(step.cache), mfaCodeFrom: step.mfa };
}

function cacheJson({ state, key, file, until }: CachePreview) {
  return { state, key, file, expiration: until && formatUtc(until) };
}

function tokenJson({ state, file, expiration, canRefresh, registrationExpiresAt: end }: TokenPreview) {
  return {
    state,
    file,
    expiration: expiration && formatUtc(expiration),
    canRefresh,
    registrationExpiration: end && formatUtc(end),
  };
}

function optional<T>(setting: Sourced<T> | undefined): ReturnType<typeof sourced> | undefined {
  return setting && sourced(setting);
}

function sourced({ value, from, overrides }: Sourced<unknown>) {
  return {
    value: publicValue(value),
    from,
    over: overrides?.map((overridden) => ({ value: publicValue(overridden.value), from: overridden.from })),
  };
}

function publicValue(value: unknown): unknown {
  return typeof value === "string" ? redactPassword(value) : value;
}
