/** Session policies, tags and source identity: settings of a role session that the AWS files cannot express. */
import { invalidValue, invalidValueCode, RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { isPolicyArn } from "../../text/arn.ts";
import { shellCommand } from "../../text/shell.ts";
import type { SessionSettings, Tag } from "../plan.ts";
import { SOURCE_IDENTITY, validateValue } from "./request_values.ts";

/** The settings as text, from options or from rolecall's own settings file. */
export interface SessionOptions {
  /** JSON. */
  readonly policy?: Sourced<string> | undefined;
  readonly policyArns?: readonly Sourced<string>[] | undefined;
  /** `KEY=VALUE` each. */
  readonly tags?: readonly Sourced<string>[] | undefined;
  readonly transitiveTagKeys?: readonly Sourced<string>[] | undefined;
  readonly sourceIdentity?: Sourced<string> | undefined;
}

/** Limits of STS's AssumeRole. */
const LIMITS = { tags: 50, tagKey: 128, tagValue: 256, policyArns: 10, policy: 2048 };

/** The characters that STS accepts in the keys and values of tags. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws RolecallError `invalid-option` or `invalid-setting` for a value that STS would always reject. */
export function sessionSettings(options: SessionOptions): SessionSettings {
  if (firstSessionOption(options) === undefined) return NO_SETTINGS;
  const tags = (options.tags ?? []).map(parseTag);
  const transitiveTagKeys = options.transitiveTagKeys ?? [];
  const policyArns = options.policyArns ?? [];
  rejectDuplicateTags(tags);
  const extraTag = tags[LIMITS.tags];
  if (extraTag !== undefined) throw invalid(extraTag, `a session has at most ${LIMITS.tags} tags`);
  const extraPolicy = policyArns[LIMITS.policyArns];
  if (extraPolicy !== undefined) throw invalid(extraPolicy, `a session has at most ${LIMITS.policyArns} policy ARNs`);
  for (const key of transitiveTagKeys) {
    if (tags.some((tag) => tag.value.key === key.value)) continue;
    throw invalid(key, `transitive tag key "${key.value}" matches no tag of this session`, [
      `add the tag: ${shellCommand([["--tag", `${key.value}=VALUE`]])}`,
    ]);
  }
  for (const arn of policyArns) {
    if (isPolicyArn(arn.value)) continue;
    throw invalidValue("policy ARN", arn, ["use an ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess"]);
  }
  const { policy, sourceIdentity } = options;
  if (policy !== undefined) {
    requireJsonObject(policy);
    requireShort(policy);
  }
  validateValue(SOURCE_IDENTITY, sourceIdentity);
  return { policy, policyArns, tags, transitiveTagKeys, sourceIdentity };
}

const NO_SETTINGS: SessionSettings = {
  policy: undefined,
  policyArns: [],
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: undefined,
};

/** The first of these settings that is present; undefined if none is. */
export function firstSessionOption(options: SessionOptions): Sourced<unknown> | undefined {
  return (
    options.policy ??
    options.policyArns?.[0] ??
    options.tags?.[0] ??
    options.transitiveTagKeys?.[0] ??
    options.sourceIdentity
  );
}

function parseTag(text: Sourced<string>): Sourced<Tag> {
  const equals = text.value.indexOf("=");
  if (equals < 1) throw invalidValue("tag", text, ["use KEY=VALUE"]);
  const tag = { key: text.value.slice(0, equals), value: text.value.slice(equals + 1) };
  if (!TAG_TEXT.test(tag.key) || !TAG_TEXT.test(tag.value)) {
    throw invalidValue("tag", text, ["use letters, digits, spaces and any of _.:/=+-@"]);
  }
  if (tag.key.length > LIMITS.tagKey || tag.value.length > LIMITS.tagValue) {
    throw invalid(text, `the tag "${tag.key}" is too long`, [
      `use at most ${LIMITS.tagKey} characters for the key and ${LIMITS.tagValue} for the value`,
    ]);
  }
  return { value: tag, from: text.from };
}

/** STS compares the keys of tags without regard to case. */
function rejectDuplicateTags(tags: readonly Sourced<Tag>[]): void {
  const seen = new Set<string>();
  for (const tag of tags) {
    const key = tag.value.key.toLowerCase();
    if (seen.has(key)) {
      throw invalid(tag, `duplicate tag "${tag.value.key}"`, ["remove one of them: STS ignores the case of tag keys"]);
    }
    seen.add(key);
  }
}

/** STS limits the text, white space included. */
function requireShort(policy: Sourced<string>): void {
  if (policy.value.length <= LIMITS.policy) return;
  throw invalid(policy, `the session policy is too long: ${policy.value.length} characters`, [
    `use at most ${LIMITS.policy} characters: remove white space, or use --policy-arn`,
  ]);
}

function requireJsonObject(policy: Sourced<string>): void {
  try {
    const parsed: unknown = JSON.parse(policy.value);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return;
  } catch {
    // Not JSON: the same error as for another JSON value.
  }
  throw invalid(policy, "the session policy is not a JSON object", ["use @FILE to read the policy from a file"]);
}

function invalid({ from }: Sourced<unknown>, message: string, help: readonly string[] = []): RolecallError {
  return new RolecallError(invalidValueCode(from), message, { at: from, help });
}
