/** Checks the two AWS files and rolecall's own settings: runs all rules, and puts their findings in order. */
import { readSharedFile } from "../config/load.ts";
import { mergeSharedConfig } from "../config/merge.ts";
import { checkCacheEntries } from "./cache_entries.ts";
import { checkFiles, checkNames } from "./files.ts";
import { type Finding, findingKey, findingOf, isFilePosition } from "./finding.ts";
import { checkIgnoredKeys } from "./ignored_keys.ts";
import type { LintedFiles, LintInput } from "./input.ts";
import { checkKeys } from "./keys.ts";
import { checkLogins } from "./logins.ts";
import { planAll } from "./plans.ts";
import { checkReferences } from "./references.ts";
import { checkSecrets } from "./secrets.ts";
import { checkSections } from "./sections.ts";
import { checkSettings } from "./settings.ts";

export interface LintResult {
  /** Ordered by file, then by position. */
  readonly findings: readonly Finding[];
  /** By path, the text of each of the two files that exists. */
  readonly texts: ReadonlyMap<string, string>;
  /** The number of profiles. */
  readonly profiles: number;
}

/** If a file cannot be read, what seems to be missing may be in it, so findings about missing things are dropped. */
const UNREAD: ReadonlySet<string> = new Set(["file-unreadable", "file-not-utf8"]);
const ABOUT_MISSING: ReadonlySet<string> = new Set(["source-profile-not-found", "source-profile-empty"]);

/** Finds all problems at once, in time linear in the size of the files. */
export function lint(input: LintInput): LintResult {
  const { paths, settings } = input;
  const texts = new Map<string, string>();
  const found: Finding[] = [];
  const read = (path: string) =>
    readSharedFile(path, input.readFile, texts, (problem) => found.push(findingOf(problem, path)));
  const config = read(paths.configFile);
  const credentials = read(paths.credentialsFile);
  const merged = mergeSharedConfig(config?.document, credentials?.document, paths);
  const broken = new Set(found.map(({ at }) => at.file));
  const isComplete = !found.some(({ code }) => UNREAD.has(code));
  const files: LintedFiles = { config, credentials, merged, isSameFile: isSameFile(input) };

  for (const problem of input.settingsProblems) found.push(findingOf(problem, input.settingsFile));
  const { plans, rolePlans, usable, findings: planFindings } = planAll(merged, settings);
  for (const rule of [
    isComplete ? planFindings : planFindings.filter(({ code }) => !ABOUT_MISSING.has(code)),
    checkNames(input),
    checkFiles(files, input),
    checkSections(files),
    checkKeys(files, usable),
    checkSecrets(files),
    checkIgnoredKeys(files, plans),
    checkReferences(files, plans, input),
    checkCacheEntries(merged, [...plans.values(), ...rolePlans.values()]),
    checkLogins([...plans.values(), ...rolePlans.values()], input),
    checkSettings(settings, input),
  ]) {
    // Not push(...rule): there may be more findings than a call can have arguments.
    for (const finding of rule) found.push(finding);
  }
  const mayEdit = (path: string) => !files.isSameFile && !broken.has(path) && input.fileInfo(path)?.kind === "file";
  const findings = sorted(withoutDuplicates(found), [paths.configFile, paths.credentialsFile]);
  return { findings: withSafeFixes(findings, mayEdit), texts, profiles: merged.profiles.size };
}

/**
 * Removes fixes that edit a file with syntax errors, whose meaning is not certain, or one that is both files at once,
 * whose sections have two meanings. Removing a byte order mark is always safe.
 */
function withSafeFixes(findings: readonly Finding[], mayEdit: (path: string) => boolean): Finding[] {
  const editable = new Map<string, boolean>();
  return findings.map((finding) => {
    const { file } = finding.at;
    if (finding.fix?.kind !== "edit" || finding.code === "byte-order-mark") return finding;
    if (!editable.has(file)) editable.set(file, mayEdit(file));
    return editable.get(file) === true ? finding : { ...finding, fix: undefined };
  });
}

function isSameFile({ paths, fileInfo }: LintInput): boolean {
  const config = fileInfo(paths.configFile);
  return config !== undefined && config.realPath === fileInfo(paths.credentialsFile)?.realPath;
}

function withoutDuplicates(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const key = findingKey(finding);
    if (!byKey.has(key)) byKey.set(key, finding);
  }
  return [...byKey.values()];
}

/** Sorts by file, with the files in `first` first, then by position. Findings about a whole file come before others. */
function sorted(findings: readonly Finding[], first: readonly string[]): Finding[] {
  const files = new Map<string, Finding[]>(first.map((file) => [file, []]));
  for (const finding of findings) {
    const ofFile = files.get(finding.at.file);
    if (ofFile === undefined) files.set(finding.at.file, [finding]);
    else ofFile.push(finding);
  }
  const line = ({ at }: Finding) => (isFilePosition(at) ? at.line : 0);
  const column = ({ at }: Finding) => (isFilePosition(at) ? at.column : 0);
  return [...files.values()].flatMap((ofFile) => ofFile.sort((a, b) => line(a) - line(b) || column(a) - column(b)));
}
