/** The sections: which mean nothing, and which something else than they seem to. */
import { splitCommandLine } from "../config/command_line.ts";
import type { FileSection } from "../config/shared_config.ts";
import { mergeSections } from "../domain/help_texts.ts";
import { lengthOf } from "../ini/spans.ts";
import { type Finding, type FindingDetails, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";
import { PROFILE_KEYS } from "./known_keys.ts";

/** Sections of the AWS CLI's own that are no profiles. */
const OTHER_SECTIONS = ["plugins", "preview"];
const PREFIXES = ["profile", "sso-session", "services"];

export function* checkSections(files: LintedFiles): Generator<Finding> {
  // One file under both names: each of its sections is a profile by the one meaning or the other.
  if (!files.isSameFile) {
    for (const section of files.merged.unknownSections) yield* checkUnknown(section, files);
    for (const section of files.merged.profiles.values()) yield* checkLiteral(section.inCredentials);
  }
  for (const { section, by } of files.merged.replacedSections) {
    yield about("section-replaced", section, `this section has no effect: [${by.name}] replaces it whole`, {
      help: [mergeSections(`${by.from.file}:${by.from.line}`)],
    });
  }
  for (const document of [files.config?.document, files.credentials?.document]) {
    const lender = document?.defaultSection;
    if (lender === undefined) continue;
    yield finding(
      "section-lends",
      "[DEFAULT] is no profile: it lends its keys to every section of the file",
      lender.from,
      {
        length: lender.name.length,
        help: ["the profile that counts where none is named is [default], in lower case"],
      },
    );
  }
}

function* checkUnknown(section: FileSection, files: LintedFiles): Generator<Finding> {
  const { name } = section;
  if (OTHER_SECTIONS.includes(name)) return;
  const words = splitCommandLine(name);
  const [first = ""] = name.trim().split(/\s/, 1);
  if (PREFIXES.includes(first.toLowerCase())) {
    yield about("section-name", section, `[${name}] is not the section that it looks like`, {
      help: [nameHelp(name, first, words)],
    });
  } else if (name.trim().toLowerCase() === "default") {
    yield about("section-name", section, `[${name}] is not the profile default`, { help: ["write it as [default]"] });
  } else if ("words" in words && words.words.length === 1 && looksLikeProfile(section)) {
    yield about("profile-without-prefix", section, `[${name}] is no profile in the config file`, {
      help: [`a profile's section is called [profile ${name}] here`],
      ...(prefixIsSafe(section, files) ? { fix: prefixFix(section) } : {}),
    });
  } else {
    yield about("unknown-section", section, `nothing reads the section [${name}]`, {
      help: looksLikeProfile(section) ? [`if it is a profile, call it [profile "${name}"]`] : [],
    });
  }
}

function nameHelp(name: string, first: string, words: ReturnType<typeof splitCommandLine>): string {
  const rest = name.trim().slice(first.length).trim();
  if (rest === "") return `a name is missing: [${first.toLowerCase()} NAME]`;
  if ("problem" in words) return `it is split into words as a shell does, and ${words.problem}`;
  if (rest.includes("]")) return "it goes on to the last ] of the line, also within a comment";
  return words.words.length > 2
    ? `a name with blanks stands in quotes: [${first.toLowerCase()} "${rest}"]`
    : `write it as [${first.toLowerCase()} ${rest}]`;
}

function looksLikeProfile(section: FileSection): boolean {
  return PROFILE_KEYS.some((key) => section.own.has(key));
}

/**
 * Nothing reads `[foo]` today, so as `[profile foo]` it can break nothing, unless there is a profile of that name already:
 * one of the config file would be replaced by it, and one of the credentials file would get its settings.
 */
function prefixIsSafe({ name }: FileSection, { merged }: LintedFiles): boolean {
  return /^[\w.@+-]+$/.test(name) && !merged.profiles.has(name);
}

function prefixFix(section: FileSection): FindingDetails["fix"] {
  return {
    kind: "edit",
    edits: [{ at: section.from, old: "", replacement: "profile " }],
    result: `[${section.name}] is now [profile ${section.name}]`,
  };
}

/** Not mended: `[profile foo]` of the credentials file can be used, under the name "profile foo". */
function* checkLiteral(section: FileSection | undefined): Generator<Finding> {
  const name = /^profile\s+(.*)$/.exec(section?.name ?? "")?.[1];
  if (section === undefined || name === undefined) return;
  yield about("profile-with-prefix", section, `in the credentials file this is the profile "${section.name}"`, {
    help: [`to make it the profile "${name}", call the section [${name}]`],
  });
}

function about(
  code: Parameters<typeof finding>[0],
  section: FileSection,
  message: string,
  details: FindingDetails,
): Finding {
  return finding(code, message, section.from, { length: lengthOf(section.name), ...details });
}
