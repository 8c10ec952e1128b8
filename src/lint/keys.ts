/** Checks the keys of each section: whether they exist, and whether they have an effect there. */
import type { FileSection, SharedConfig } from "../config/shared_config.ts";
import { didYouMeanName } from "../domain/help_texts.ts";
import type { IniEntry } from "../ini/document.ts";
import { lengthOf } from "../ini/spans.ts";
import { redactKey } from "../text/redact.ts";
import { editDistance, nearest } from "../text/suggest.ts";
import { type Finding, type Fix, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";
import {
  aliasOf,
  type KnownKey,
  knownKey,
  PLANNED_KEYS,
  PROFILE_KEYS,
  type SectionKind,
  SSO_SESSION_KEYS,
  toolOf,
} from "./known_keys.ts";
import type { Usable } from "./plans.ts";
import { checkValue, continuedValue, isOrdinary } from "./values.ts";

/** Keys that run a program or choose whom to trust. Only a person may turn a misspelled key into one of these. */
const NEVER_FIXED = ["credential_process", "mfa_process", "endpoint_url", "ca_bundle"];

/** The largest edit distance between a misspelled key and a suggestion. */
const MAX_TYPO_DISTANCE = 3;

/** The shortest key that is fixed. One wrong letter in a shorter key could make another word. */
const MIN_FIXED_LENGTH = 6;

/** A tool that stores keys of its own stores the same ones in many profiles: they are one finding for each name. */
export function* checkKeys(files: LintedFiles, usable: Usable): Generator<Finding> {
  const unfamiliar = new Map<string, { readonly first: Finding; count: number }>();
  for (const finding of checkEachKey(files, usable)) {
    const known = unfamiliar.get(finding.message);
    if (finding.code !== "unfamiliar-key") yield finding;
    else if (known === undefined) unfamiliar.set(finding.message, { first: finding, count: 1 });
    else known.count++;
  }
  for (const { first, count } of unfamiliar.values()) {
    yield count === 1 ? first : { ...first, message: `${first.message} (and ${count - 1} more with this name)` };
  }
}

function* checkEachKey(files: LintedFiles, usable: Usable): Generator<Finding> {
  for (const section of sectionsOf(files, usable)) {
    // Correct keys that a fix in this section already writes: a second fix would make a duplicate.
    const taken = new Set<string>();
    for (const entry of section.own.values()) {
      const known = knownKey(section.kind, entry.key);
      if (known !== undefined) {
        if (isOrdinary(entry.value, known)) continue;
        yield* checkValue(entry, isRegionOfOtherCloud(entry, known, section, files.merged) ? {} : known);
        continue;
      }
      yield unknownKey(entry, section, taken);
      if (entry.value.includes("\n") && entry.nested === undefined) yield continuedValue(entry);
    }
  }
}

/** Other services that speak the protocols of AWS have regions of their own, such as `auto` or `garage`. */
function isRegionOfOtherCloud(
  { key, value }: IniEntry,
  { format }: KnownKey,
  { settings }: LintedSection,
  { services }: SharedConfig,
): boolean {
  if (key !== "region" || format?.matches(value) !== false) return false;
  const service = services.get(settings.get("services")?.value ?? "");
  const endpoints = [
    settings.get("endpoint_url"),
    ...[...settings.values(), ...(service?.settings.values() ?? [])].map(({ nested }) => nested?.get("endpoint_url")),
  ];
  return endpoints.some((endpoint) => endpoint !== undefined && isOutsideAws(endpoint.value));
}

function isOutsideAws(url: string): boolean {
  const host = URL.parse(url)?.hostname;
  return host !== undefined && !/(^|\.)(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(host);
}

interface LintedSection extends Pick<FileSection, "name" | "own"> {
  readonly kind: SectionKind;
  /** All settings in effect in this section, from both files. */
  readonly settings: FileSection["settings"];
  /** Which misspelled keys may be fixed. "unplanned" means the keys that play no part in finding credentials. */
  readonly fixes: "all" | "unplanned" | "none";
}

function* sectionsOf({ config, credentials, merged }: LintedFiles, usable: Usable): Generator<LintedSection> {
  for (const { name, settings, inConfig, inCredentials } of merged.profiles.values()) {
    const fixes = usable.profiles.has(name) ? "unplanned" : "all";
    for (const section of [inConfig, inCredentials]) {
      if (section !== undefined) yield { name: section.name, own: section.own, settings, kind: "profile", fixes };
    }
  }
  for (const [name, section] of merged.ssoSessions) {
    yield { ...section, kind: "sso-session", fixes: usable.ssoSessions.has(name) ? "unplanned" : "all" };
  }
  for (const section of merged.services.values()) yield { ...section, kind: "services", fixes: "none" };
  for (const file of [config, credentials]) {
    const defaults = file?.document.defaultSection;
    // A fix in [DEFAULT] would change every section of the file.
    if (defaults !== undefined) yield { ...defaults, settings: defaults.own, kind: "profile", fixes: "none" };
  }
}

function unknownKey(entry: IniEntry, section: LintedSection, taken: Set<string>): Finding {
  const { key, keyFrom } = entry;
  const { kind } = section;
  const length = lengthOf(key);
  const shown = redactKey(key);
  const keys = kind === "profile" ? PROFILE_KEYS : SSO_SESSION_KEYS;
  const keysElsewhere = kind === "profile" ? SSO_SESSION_KEYS : PROFILE_KEYS;
  if (keysElsewhere.includes(key)) {
    return finding("key-without-effect", `${key} has no effect in [${section.name}]`, keyFrom, {
      length,
      help: [kind === "profile" ? "move it to an sso-session section" : "move it to a profile"],
    });
  }
  const tool = toolOf(key);
  if (tool !== undefined) {
    return finding("unfamiliar-key", `the key "${shown}" belongs to ${tool}`, keyFrom, { length });
  }
  const guess = aliasOf(key) ?? nearest(key, keys);
  // Other tools store keys here whose names share words with AWS's keys. Those are not misspelled.
  const isNear = guess !== undefined && (guess === aliasOf(key) || editDistance(key, guess) <= MAX_TYPO_DISTANCE);
  const meant = isNear ? guess : undefined;
  if (meant === undefined) {
    return finding("unfamiliar-key", `neither rolecall nor the AWS CLI knows the key "${shown}"`, keyFrom, { length });
  }
  const fix = taken.has(meant) ? undefined : renameFix(entry, meant, section);
  if (fix !== undefined) taken.add(meant);
  return finding("unknown-key", `unknown key "${shown}"`, keyFrom, {
    length,
    help: [didYouMeanName(meant)],
    ...(fix === undefined ? {} : { fix }),
  });
}

/**
 * The fix that renames a misspelled key. It is safe if the names differ by one letter, the correct key is not set, its
 * value is valid for the correct key, and the rename cannot change the credentials of a working profile or break it.
 */
function renameFix(entry: IniEntry, meant: string, { settings, fixes, kind }: LintedSection): Fix | undefined {
  const { key, written, keyFrom, value } = entry;
  const known = knownKey(kind, meant);
  const isTypo = key.length >= MIN_FIXED_LENGTH && editDistance(key, meant) === 1;
  if (!isTypo || known === undefined || settings.has(meant) || NEVER_FIXED.includes(meant)) return undefined;
  // A region never selects other credentials, and the plan rejects no region of this form.
  const isHarmless = !PLANNED_KEYS.includes(meant) || (meant === "region" && /^[a-z]{2,}(-[a-z]+)+-[0-9]$/.test(value));
  if (fixes === "none" || (fixes === "unplanned" && !isHarmless)) return undefined;
  if (value === "" || !checkValue({ ...entry, key: meant }, known).next().done) return undefined;
  return {
    kind: "edit",
    edits: [{ at: keyFrom, old: written, replacement: meant }],
    result: `renamed ${redactKey(key)} to ${meant}`,
  };
}
