/** What a role session is made with beyond what INI can say: session policies, tags, source identity. */
import { invalidValue, invalidValueCode, RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { isPolicyArn } from "../../text/arn.ts";
import type { SessionSettings, Tag } from "../plan.ts";

/** The settings as they were given: by options, or by rolecall's own settings file. */
export interface SessionOptions {
  /** JSON. */
  readonly policy?: Sourced<string> | undefined;
  readonly policyArns?: readonly Sourced<string>[] | undefined;
  /** `KEY=VALUE` each. */
  readonly tags?: readonly Sourced<string>[] | undefined;
  readonly transitiveTagKeys?: readonly Sourced<string>[] | undefined;
  readonly sourceIdentity?: Sourced<string> | undefined;
}

/** STS's own limits. */
const LIMITS = { tags: 50, tagKey: 128, tagValue: 256, policyArns: 10 };

/** @throws RolecallError `invalid-option` for what STS would refuse in any case. */
export function sessionSettings(options: SessionOptions): SessionSettings {
  const tags = (options.tags ?? []).map(readTag);
  const transitiveTagKeys = options.transitiveTagKeys ?? [];
  const policyArns = options.policyArns ?? [];
  refuseDuplicates(tags);
  const extraTag = tags[LIMITS.tags];
  if (extraTag !== undefined) throw invalid(extraTag, `a session has at most ${LIMITS.tags} tags`);
  const extraPolicy = policyArns[LIMITS.policyArns];
  if (extraPolicy !== undefined) throw invalid(extraPolicy, `a session has at most ${LIMITS.policyArns} policy ARNs`);
  for (const key of transitiveTagKeys) {
    if (tags.some((tag) => tag.value.key === key.value)) continue;
    throw invalid(key, `"${key.value}" is the key of no tag of this session`, [
      `add the tag: --tag ${key.value}=VALUE`,
    ]);
  }
  for (const arn of policyArns) {
    if (!isPolicyArn(arn.value)) throw invalidValue("policy ARN", arn);
  }
  const { policy, sourceIdentity } = options;
  if (policy !== undefined) refuseNoPolicy(policy);
  if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity.value)) {
    throw invalidValue("source identity", sourceIdentity, ["use 2 to 64 letters, digits and any of _+=,.@-"]);
  }
  return { policy, policyArns, tags, transitiveTagKeys, sourceIdentity };
}

/** The first setting there is; undefined where a session is made without any. */
export function firstSessionOption(options: SessionOptions): Sourced<unknown> | undefined {
  return (
    options.policy ??
    options.policyArns?.[0] ??
    options.tags?.[0] ??
    options.transitiveTagKeys?.[0] ??
    options.sourceIdentity
  );
}

function readTag(text: Sourced<string>): Sourced<Tag> {
  const equals = text.value.indexOf("=");
  if (equals < 1) throw invalidValue("tag", text, ["use KEY=VALUE"]);
  const tag = { key: text.value.slice(0, equals), value: text.value.slice(equals + 1) };
  if (tag.key.length > LIMITS.tagKey || tag.value.length > LIMITS.tagValue) {
    throw invalid(text, `the tag "${tag.key}" is too long`, [
      `a key has ${LIMITS.tagKey} characters at most, a value ${LIMITS.tagValue}`,
    ]);
  }
  return { value: tag, from: text.from };
}

/** Keys of tags are equal in upper and lower case, for STS. */
function refuseDuplicates(tags: readonly Sourced<Tag>[]): void {
  const seen = new Set<string>();
  for (const tag of tags) {
    const key = tag.value.key.toLowerCase();
    if (seen.has(key)) throw invalid(tag, `the tag "${tag.value.key}" is given twice`);
    seen.add(key);
  }
}

function refuseNoPolicy(policy: Sourced<string>): void {
  try {
    const parsed: unknown = JSON.parse(policy.value);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return;
  } catch {
    // Falls through to the same error.
  }
  throw invalid(policy, "the session policy is no JSON object", ["a policy in a file is given as @FILE"]);
}

function invalid({ from }: Sourced<unknown>, message: string, help: readonly string[] = []): RolecallError {
  return new RolecallError(invalidValueCode(from), message, { at: from, help });
}
