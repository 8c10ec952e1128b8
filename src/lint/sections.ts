/** Finds sections that nothing reads, and sections that mean something other than they seem to. */
import { splitCommandLine } from "../config/command_line.ts";
import type { FileSection } from "../config/shared_config.ts";
import { mergeSections } from "../domain/help_texts.ts";
import { lengthOf } from "../ini/spans.ts";
import { type Finding, type FindingDetails, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";
import { PROFILE_KEYS } from "./known_keys.ts";

/** Sections that the AWS CLI reads and that are not profiles. */
const AWS_CLI_SECTIONS = ["plugins", "preview"];
const PREFIXES = ["profile", "sso-session", "services"];

export function* checkSections(files: LintedFiles): Generator<Finding> {
  // If both paths lead to one file, each section is a profile by the rules of one file or of the other.
  if (!files.isSameFile) {
    for (const section of files.merged.unknownSections.values()) yield* checkUnknown(section, files);
    for (const { inCredentials } of files.merged.profiles.values()) {
      if (inCredentials !== undefined) yield* checkCredentialsSection(inCredentials);
    }
  }
  for (const { section, by } of files.merged.replacedSections) {
    yield about("section-replaced", section, `this section has no effect: [${by.name}] replaces it`, {
      help: [mergeSections(`${by.from.file}:${by.from.line}`)],
    });
  }
  for (const document of [files.config?.document, files.credentials?.document]) {
    const defaults = document?.defaultSection;
    if (defaults === undefined) continue;
    yield finding(
      "section-lends",
      "[DEFAULT] is not a profile: every section of the file inherits its keys",
      defaults.from,
      {
        length: defaults.name.length,
        help: ["use [default], in lower case, for the default profile"],
      },
    );
  }
}

function* checkUnknown(section: FileSection, files: LintedFiles): Generator<Finding> {
  const { name } = section;
  if (AWS_CLI_SECTIONS.includes(name)) return;
  const split = splitCommandLine(name);
  const [first = ""] = name.trim().split(/\s/, 1);
  const prefix = first.toLowerCase();
  if (PREFIXES.includes(prefix)) {
    yield about("section-name", section, `[${name}] is not a valid ${prefix} section`, {
      help: [nameHelp(name, first, split)],
    });
  } else if (name.trim().toLowerCase() === "default") {
    yield about("section-name", section, `[${name}] is not the default profile`, {
      help: ["write [default], in lower case and without spaces"],
    });
  } else if ("argv" in split && split.argv.length === 1 && looksLikeProfile(section)) {
    yield about("profile-without-prefix", section, `[${name}] is not a profile in the config file`, {
      help: [`rename it to [profile ${name}]`],
      ...(isPrefixSafe(section, files) ? { fix: prefixFix(section) } : {}),
    });
  } else {
    yield about("unknown-section", section, `neither rolecall nor the AWS CLI reads the section [${name}]`, {
      help: looksLikeProfile(section) ? [`rename it to [profile "${name}"] if it is a profile`] : [],
    });
  }
}

/** The AWS CLI splits the name of a section into words as a POSIX shell does, and expects two: prefix and name. */
function nameHelp(name: string, first: string, split: ReturnType<typeof splitCommandLine>): string {
  const prefix = first.toLowerCase();
  const rest = name.trim().slice(first.length).trim();
  if (rest === "") return `add a name: [${prefix} NAME]`;
  if ("problem" in split) return `correct the quoting, which follows the rules of a shell: ${split.problem}`;
  if (rest.includes("]")) return "move the comment to a line of its own: the name ends at the last ] of the line";
  return split.argv.length > 2
    ? `quote a name that contains spaces: [${prefix} "${rest}"]`
    : `write it as [${prefix} ${rest}]`;
}

function looksLikeProfile(section: FileSection): boolean {
  return PROFILE_KEYS.some((key) => section.own.has(key));
}

/**
 * Whether `[foo]` can become `[profile foo]`. Nothing reads `[foo]`, so the new profile breaks nothing, unless a profile
 * of that name exists: the section would replace one in the config file, and change the settings of one in the
 * credentials file.
 */
function isPrefixSafe({ name }: FileSection, { merged }: LintedFiles): boolean {
  return /^[\w.@+-]+$/.test(name) && !merged.profiles.has(name);
}

function prefixFix(section: FileSection): FindingDetails["fix"] {
  return {
    kind: "edit",
    edits: [{ at: section.from, old: "", replacement: "profile " }],
    result: `renamed [${section.name}] to [profile ${section.name}]`,
  };
}

/** There is no fix: the profile may be in use under the name "profile foo". */
function* checkCredentialsSection(section: FileSection): Generator<Finding> {
  const name = /^profile\s+(.*)$/.exec(section.name)?.[1];
  if (name === undefined) return;
  yield about("profile-with-prefix", section, `this section defines a profile named "${section.name}"`, {
    help: [`rename it to [${name}] to define the profile "${name}": the credentials file uses no prefix`],
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
