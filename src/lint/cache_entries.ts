/**
 * Finds roles that share an entry of the AWS CLI's cache although different credentials assume them. The cache key does
 * not include the caller, so the first session that is cached serves all of these profiles.
 */
import { roleStepKey, webIdentityStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import { describeOrigin, type Origin, type Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import type { Plan, SourceStep } from "../plan/plan.ts";
import { type Finding, finding } from "./finding.ts";

interface Session {
  readonly roleArn: Sourced<string>;
  /** Identifies the credentials that assume the role. */
  readonly caller: string;
}

export function* checkCacheEntries(config: SharedConfig, plans: readonly Plan[]): Generator<Finding> {
  const firstByKey = new Map<string, Session>();
  const repeated = repeatedRoles(plans);
  for (const plan of plans) {
    if (repeated.size === 0 || !roleArnsOf(plan).some(({ value }) => repeated.has(value))) continue;
    for (const { key, ...session } of sessionsOf(plan, config)) {
      const first = firstByKey.get(key);
      if (first === undefined) {
        firstByKey.set(key, session);
        continue;
      }
      const { from, value } = session.roleArn;
      if (first.caller === session.caller || !("file" in from)) continue;
      yield finding(
        "shared-cache-entry",
        "another profile assumes this role with other credentials, and both share one cached session",
        from,
        {
          length: lengthOf(value),
          help: [
            `set a role_session_name here or at ${describeOrigin(first.roleArn.from)}, so that each has its own session`,
          ],
        },
      );
    }
  }
}

/** The ARNs that more than one setting names. Only for them is the cache key needed, which takes time. */
function repeatedRoles(plans: readonly Plan[]): ReadonlySet<string> {
  const firstOf = new Map<string, Origin>();
  const repeated = new Set<string>();
  for (const plan of plans) {
    for (const { value, from } of roleArnsOf(plan)) {
      const first = firstOf.get(value);
      if (first === undefined) firstOf.set(value, from);
      else if (!isSamePlace(first, from)) repeated.add(value);
    }
  }
  return repeated;
}

function roleArnsOf({ source, roles }: Plan): readonly Sourced<string>[] {
  const arns = roles.map(({ roleArn }) => roleArn);
  return source.kind === "web-identity" ? [source.roleArn, ...arns] : arns;
}

function isSamePlace(a: Origin, b: Origin): boolean {
  return "file" in a && "file" in b && a.line === b.line && a.column === b.column && a.file === b.file;
}

function* sessionsOf({ source, roles }: Plan, config: SharedConfig): Generator<Session & { readonly key: string }> {
  let caller = callerOf(source, config);
  if (source.kind === "web-identity") {
    const key = webIdentityStepKey(source);
    yield { key, roleArn: source.roleArn, caller };
    caller = key;
  }
  for (const step of roles) {
    const key = roleStepKey(step);
    yield { key, roleArn: step.roleArn, caller };
    // This session is the caller of the next role.
    caller = key;
  }
}

/** Identifies the credentials of a source, as far as the files show. */
function callerOf(source: SourceStep, config: SharedConfig): string {
  switch (source.kind) {
    case "static": {
      const profile = config.profiles.get(source.profile);
      const section = source.file === "config" ? profile?.inConfig : profile?.inCredentials;
      return `key ${section?.settings.get("aws_access_key_id")?.value}`;
    }
    case "web-identity":
      return `token ${source.tokenFile.value}`;
    case "sso":
      return `sso ${source.startUrl.value} ${source.accountId.value} ${source.roleName.value}`;
    case "login":
      return `login ${source.session.value}`;
    case "process":
      return `process ${JSON.stringify(source.argv)}`;
    case "environment":
    case "container":
    case "ec2":
      return source.kind;
  }
}
