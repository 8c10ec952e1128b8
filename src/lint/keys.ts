/** The keys of each section: whether they exist, and whether they do there. */
import type { FileSection } from "../config/shared_config.ts";
import { didYouMeanName } from "../domain/help_texts.ts";
import type { IniEntry } from "../ini/document.ts";
import { lengthOf } from "../ini/spans.ts";
import { redactKey } from "../text/redact.ts";
import { editDistance, nearest } from "../text/suggest.ts";
import { type Finding, type Fix, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";
import { aliasOf, knownKey, PLANNED_KEYS, PROFILE_KEYS, type SectionKind, SSO_SESSION_KEYS } from "./known_keys.ts";
import type { Usable } from "./plans.ts";
import { checkValue, continued } from "./values.ts";

/** Keys under which somebody else's program or host would come into play: only a person may set them. */
const NEVER_MENDED = ["credential_process", "mfa_process", "endpoint_url", "ca_bundle"];

/** Edits between a key and what may have been meant by it. */
const FARTHEST_TYPO = 3;

/** A typo of a shorter key could be another word. */
const SHORTEST_MENDED = 6;

export function* checkKeys(files: LintedFiles, usable: Usable): Generator<Finding> {
  for (const section of sectionsOf(files, usable)) {
    // A key that one of two typos is mended to is taken.
    const taken = new Set<string>();
    for (const entry of section.own.values()) {
      const known = knownKey(section.kind, entry.key);
      if (known === undefined) {
        yield unknown(entry, section, taken);
        if (entry.value.includes("\n") && entry.nested === undefined) yield continued(entry);
      } else yield* checkValue(entry, known);
    }
  }
}

interface KindOfSection extends Pick<FileSection, "name" | "own"> {
  readonly kind: SectionKind;
  /** All that is set where the section counts, by whichever file. */
  readonly settings: FileSection["settings"];
  /** Which of its misspelled keys may be mended: "unplanned" are those that take no part in finding credentials. */
  readonly mends: "all" | "unplanned" | "none";
}

function* sectionsOf({ config, credentials, merged }: LintedFiles, usable: Usable): Generator<KindOfSection> {
  for (const { name, settings, inConfig, inCredentials } of merged.profiles.values()) {
    const mends = usable.profiles.has(name) ? "unplanned" : "all";
    for (const section of [inConfig, inCredentials]) {
      if (section !== undefined) yield { ...section, settings, kind: "profile", mends };
    }
  }
  for (const [name, section] of merged.ssoSessions) {
    yield { ...section, kind: "sso-session", mends: usable.ssoSessions.has(name) ? "unplanned" : "all" };
  }
  for (const section of merged.services.values()) yield { ...section, kind: "services", mends: "none" };
  for (const file of [config, credentials]) {
    const lender = file?.document.defaultSection;
    // Which sections a key of it would change nobody can say.
    if (lender !== undefined) yield { ...lender, settings: lender.own, kind: "profile", mends: "none" };
  }
}

function unknown(entry: IniEntry, section: KindOfSection, taken: Set<string>): Finding {
  const { key, keyFrom } = entry;
  const { kind } = section;
  const length = lengthOf(key);
  const shown = redactKey(key);
  const keys = kind === "profile" ? PROFILE_KEYS : SSO_SESSION_KEYS;
  const elsewhere = kind === "profile" ? SSO_SESSION_KEYS : PROFILE_KEYS;
  if (elsewhere.includes(key)) {
    return finding("key-without-effect", `${key} means nothing in [${section.name}]`, keyFrom, {
      length,
      help: [kind === "profile" ? "it belongs into an sso-session" : "it belongs into a profile"],
    });
  }
  const guess = aliasOf(key) ?? nearest(key, keys);
  // Other tools keep keys of their own here, with the words that AWS's have, too.
  const isNear = guess !== undefined && (guess === aliasOf(key) || editDistance(key, guess) <= FARTHEST_TYPO);
  const meant = isNear ? guess : undefined;
  if (meant === undefined) {
    return finding("unfamiliar-key", `neither rolecall nor the AWS CLI knows the key "${shown}"`, keyFrom, { length });
  }
  const fix = taken.has(meant) ? undefined : renaming(entry, meant, section);
  if (fix !== undefined) taken.add(meant);
  return finding("unknown-key", `there is no key "${shown}"`, keyFrom, {
    length,
    help: [didYouMeanName(meant)],
    ...(fix === undefined ? {} : { fix }),
  });
}

/**
 * Renaming a key is safe where one letter makes the difference, where the right one is not set as well, where the value
 * is one for it, and where it cannot change the credentials of a profile that works, nor make it fail.
 */
function renaming(entry: IniEntry, meant: string, { settings, mends, kind }: KindOfSection): Fix | undefined {
  const { key, written, keyFrom, value } = entry;
  const known = knownKey(kind, meant);
  const isTypo = key.length >= SHORTEST_MENDED && editDistance(key, meant) === 1;
  if (!isTypo || known === undefined || settings.has(meant) || NEVER_MENDED.includes(meant)) return undefined;
  // A region gives no one else's credentials, and one that looks like one is never refused.
  const isHarmless = !PLANNED_KEYS.includes(meant) || (meant === "region" && /^[a-z]{2,}(-[a-z]+)+-[0-9]$/.test(value));
  if (mends === "none" || (mends === "unplanned" && !isHarmless)) return undefined;
  if (value === "" || !checkValue({ ...entry, key: meant }, known).next().done) return undefined;
  return {
    kind: "edit",
    edits: [{ at: keyFrom, old: written, replacement: meant }],
    result: `${redactKey(key)} is now ${meant}`,
  };
}
