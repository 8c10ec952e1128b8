/** Checks the two AWS files, and rolecall's own: the one door of this folder. */
import { readSharedFile } from "../config/load.ts";
import { mergeSharedConfig } from "../config/merge.ts";
import { checkCacheEntries } from "./cache_entries.ts";
import { checkFiles, checkNames } from "./files.ts";
import { type Finding, findingKey, findingOf, isFilePosition } from "./finding.ts";
import { checkIgnoredKeys } from "./ignored_keys.ts";
import type { LintedFiles, LintInput } from "./input.ts";
import { checkKeys } from "./keys.ts";
import { planAll } from "./plans.ts";
import { checkReferences } from "./references.ts";
import { checkSecrets } from "./secrets.ts";
import { checkSections } from "./sections.ts";
import { checkSettings } from "./settings.ts";

export interface LintResult {
  /** File by file, each from its top to its end. */
  readonly findings: readonly Finding[];
  /** The text of each of the two files, by path; none for one that is not there. */
  readonly texts: ReadonlyMap<string, string>;
  readonly profiles: number;
}

/** With one of them nothing is known of a whole file; so what seems to be missing may stand there. */
const UNREAD: ReadonlySet<string> = new Set(["file-unreadable", "file-not-utf8"]);
const ABOUT_WHAT_IS_MISSING: ReadonlySet<string> = new Set(["source-profile-not-found", "source-profile-empty"]);

/** Finds everything at once, in time linear in the size of the files. */
export function lint(subject: LintInput): LintResult {
  const { paths, settings } = subject;
  const texts = new Map<string, string>();
  const found: Finding[] = [];
  const read = (path: string) =>
    readSharedFile(path, subject.readFile, texts, (problem) => found.push(findingOf(problem, path)));
  const config = read(paths.configFile);
  const credentials = read(paths.credentialsFile);
  const merged = mergeSharedConfig(config?.document, credentials?.document, paths);
  const broken = new Set(found.map(({ at }) => at.file));
  const isWhole = !found.some(({ code }) => UNREAD.has(code));
  const files: LintedFiles = { config, credentials, merged, isSameFile: areOneFile(subject) };

  for (const problem of subject.settingsProblems) found.push(findingOf(problem, subject.settingsFile));
  const { plans, rolePlans, usable, findings: planFindings } = planAll(merged, settings);
  for (const rule of [
    isWhole ? planFindings : planFindings.filter(({ code }) => !ABOUT_WHAT_IS_MISSING.has(code)),
    checkNames(subject),
    checkFiles(files, subject),
    checkSections(files),
    checkKeys(files, usable),
    checkSecrets(files),
    checkIgnoredKeys(files, plans),
    checkReferences(files, plans, subject),
    checkCacheEntries(merged, [...plans.values(), ...rolePlans.values()]),
    checkSettings(settings),
  ]) {
    for (const one of rule) found.push(one);
  }
  const mayEdit = (path: string) => !files.isSameFile && !broken.has(path) && subject.facts(path)?.kind === "file";
  const findings = inOrder(withoutRepetitions(found), [paths.configFile, paths.credentialsFile]);
  return { findings: withSafeFixes(findings, mayEdit), texts, profiles: merged.profiles.size };
}

/**
 * A file that the AWS CLI cannot parse means nothing yet, and one under two names means two things: neither is edited
 * (but for a byte order mark).
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

function areOneFile({ paths, facts }: LintInput): boolean {
  const config = facts(paths.configFile);
  return config !== undefined && config.realPath === facts(paths.credentialsFile)?.realPath;
}

function withoutRepetitions(findings: readonly Finding[]): Finding[] {
  const byIdentity = new Map<string, Finding>();
  for (const finding of findings) {
    const identity = findingKey(finding);
    if (!byIdentity.has(identity)) byIdentity.set(identity, finding);
  }
  return [...byIdentity.values()];
}

/** By file, those of `first` before others; in a file by place, what is about the whole file first. */
function inOrder(findings: readonly Finding[], first: readonly string[]): Finding[] {
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
