/** The keys of each section: whether they exist, and whether they do there. */
import type { FileSection } from "../config/shared_config.ts";
import type { IniEntry } from "../ini/document.ts";
import { lengthOf } from "../ini/spans.ts";
import { editDistance, nearest } from "../nearest.ts";
import { keyWithoutSecrets } from "../report/without_secrets.ts";
import { type Finding, type Fix, finding } from "./finding.ts";
import { alsoCalled, knownKey, PROFILE_KEYS, type SectionKind, SSO_SESSION_KEYS } from "./known_keys.ts";
import { CHOOSING_KEYS } from "./sections.ts";
import type { LintedFiles } from "./subject.ts";
import { checkValue, continued } from "./values.ts";

/** Keys under which somebody else's program or host would come into play: only a person may set them. */
const NEVER_MENDED = ["credential_process", "mfa_process", "endpoint_url", "ca_bundle"];

/** Edits between a key and what may have been meant by it. */
const FARTHEST_TYPO = 3;

/** A typo of a shorter key could be another word. */
const SHORTEST_MENDED = 6;

/** @param failing the names of the profiles that cannot be used as they stand. */
export function* checkKeys(files: LintedFiles, failing: ReadonlySet<string>): Generator<Finding> {
  for (const { section, kind, profile } of sectionsOf(files)) {
    // A key that one of two typos is mended to is taken.
    const taken = new Set<string>();
    const mayChoose = profile === undefined || failing.has(profile);
    for (const entry of section.own.values()) {
      const known = knownKey(kind, entry.key);
      if (known === undefined) {
        yield unknown(entry, kind, section, mayChoose, taken);
        if (entry.value.includes("\n") && entry.nested === undefined) yield continued(entry);
      } else yield* checkValue(entry, known);
    }
  }
}

interface KindOfSection {
  readonly section: Pick<FileSection, "name" | "own">;
  readonly kind: SectionKind;
  /** The profile that it is part of, if any. */
  readonly profile: string | undefined;
}

function* sectionsOf({ config, credentials, merged }: LintedFiles): Generator<KindOfSection> {
  for (const { name, inConfig, inCredentials } of merged.profiles.values()) {
    for (const section of [inConfig, inCredentials]) {
      if (section !== undefined) yield { section, kind: "profile", profile: name };
    }
  }
  for (const section of merged.ssoSessions.values()) yield { section, kind: "sso-session", profile: undefined };
  for (const section of merged.services.values()) yield { section, kind: "services", profile: undefined };
  for (const file of [config, credentials]) {
    const lender = file?.document.lender;
    // Which profiles it changes nobody can say, so it counts as one that works.
    if (lender !== undefined) yield { section: lender, kind: "profile", profile: "" };
  }
}

function unknown(
  entry: IniEntry,
  kind: SectionKind,
  section: Pick<FileSection, "name" | "own">,
  mayChoose: boolean,
  taken: Set<string>,
): Finding {
  const { key, keyFrom } = entry;
  const length = lengthOf(key);
  const shown = keyWithoutSecrets(key);
  const keys = kind === "profile" ? PROFILE_KEYS : SSO_SESSION_KEYS;
  const elsewhere = kind === "profile" ? SSO_SESSION_KEYS : PROFILE_KEYS;
  if (elsewhere.includes(key)) {
    return finding("key-without-effect", `${key} means nothing in [${section.name}]`, keyFrom, {
      length,
      help: [kind === "profile" ? "it belongs into an sso-session" : "it belongs into a profile"],
    });
  }
  const guess = alsoCalled(key) ?? nearest(key, keys);
  // Other tools keep keys of their own here, with the words that AWS's have, too.
  const isNear = guess !== undefined && (guess === alsoCalled(key) || editDistance(key, guess) <= FARTHEST_TYPO);
  const meant = isNear ? guess : undefined;
  if (meant === undefined) {
    return finding("unfamiliar-key", `neither rolecall nor the AWS CLI knows the key "${shown}"`, keyFrom, { length });
  }
  const isSafe = (mayChoose || !CHOOSING_KEYS.includes(meant)) && !taken.has(meant);
  const fix = isSafe ? renaming(entry, meant, section) : undefined;
  if (fix !== undefined) taken.add(meant);
  return finding("unknown-key", `there is no key "${shown}"`, keyFrom, {
    length,
    help: [`did you mean ${meant}?`],
    ...(fix === undefined ? {} : { fix }),
  });
}

/**
 * Renaming a key is safe where one letter makes the difference, where the right one does not stand there as well, and
 * where it cannot give a profile that works today other credentials.
 */
function renaming(
  { key, written, keyFrom }: IniEntry,
  meant: string,
  section: Pick<FileSection, "own">,
): Fix | undefined {
  const isTypo = key.length >= SHORTEST_MENDED && editDistance(key, meant) === 1;
  if (!isTypo || NEVER_MENDED.includes(meant) || section.own.has(meant)) return undefined;
  return {
    kind: "edit",
    edits: [{ at: keyFrom, old: written, replacement: meant }],
    result: `${keyWithoutSecrets(key)} is now ${meant}`,
  };
}
