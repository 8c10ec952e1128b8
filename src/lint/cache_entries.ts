/**
 * Roles that share an entry of the AWS CLI's cache though their sources differ. The caller is no part of the cache's key:
 * whoever assumes the role first, the others use that session.
 */
import { roleStepKey, webIdentityStepKey } from "../cache/step_key.ts";
import type { SharedConfig } from "../config/shared_config.ts";
import { describeOrigin, type Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import type { Plan, SourceStep } from "../plan/plan.ts";
import { type Finding, finding } from "./finding.ts";

interface Session {
  readonly roleArn: Sourced<string>;
  readonly caller: string;
}

export function* checkCacheEntries(config: SharedConfig, plans: Iterable<Plan>): Generator<Finding> {
  const first = new Map<string, Session>();
  for (const plan of plans) {
    for (const { key, ...session } of sessionsOf(plan, config)) {
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, session);
        continue;
      }
      const { from, value } = session.roleArn;
      if (other.caller === session.caller || !("file" in from)) continue;
      yield finding(
        "shared-cache-entry",
        "this role is assumed from another source elsewhere, and both share one session",
        from,
        {
          length: lengthOf(value),
          help: [
            `the other stands at ${describeOrigin(other.roleArn.from)}; the AWS CLI's cache does not tell the two apart`,
            "give one of them a role_session_name, so that each has its own",
          ],
        },
      );
    }
  }
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
    // What was assumed with this role was assumed with this very session.
    caller = key;
  }
}

/** Whose credentials a source yields, so far as the files tell. */
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
