/** `rolecall check`: lint the config and credentials files. */
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CHECK_FORMATS } from "../../domain/option_table.ts";
import { shortOrigin } from "../../domain/origin.ts";
import { fileFacts } from "../../files/facts.ts";
import { changeMode, mendFile } from "../../files/replace_with_backup.ts";
import { type Finding, isPlace } from "../../lint/finding.ts";
import { planMending } from "../../lint/fix.ts";
import { type LintResult, lint } from "../../lint/lint.ts";
import type { LintSubject } from "../../lint/subject.ts";
import { shown } from "../../report/error.ts";
import { countText, findingsJson, githubAnnotations, renderFindings } from "../../report/findings.ts";
import { findCommand } from "../../runtime/process/find_command.ts";
import { systemReason } from "../../text/system_error.ts";
import { refusePositionals } from "../args/arguments.ts";
import { chosenFormat } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import type { World } from "../context.ts";
import { answerPaint } from "../output_style.ts";

type Format = (typeof CHECK_FORMATS)[number];

/** @returns the exit code: 1 where there is an error (after `--fix`: where one is left), else 0. */
export async function check(options: CommandOptions, positionals: readonly string[], world: World): Promise<number> {
  refusePositionals("check", positionals);
  const format = formatOf(options);
  const { subject, settingsFile, remember } = await readSubject(options, world);
  let result = lint(subject);
  let mended: MendReport | undefined;
  if (options.switch("fix")) {
    mended = mend(subject, result, remember);
    result = lint(subject);
  }
  const hasErrors = result.findings.some(({ severity }) => severity === "error");
  const quiet = options.switch("quiet");
  const findings = quiet ? result.findings.filter(({ severity }) => severity === "error") : result.findings;
  switch (format) {
    case "json":
      world.print(findingsJson(findings));
      break;
    case "github":
      world.print(githubAnnotations(findings));
      break;
    case "text": {
      const paint = answerPaint(options, world);
      const done = quiet ? [] : (mended?.done ?? []);
      world.print(
        [
          ...done.map(([what, text]) => `${paint.bold(what)} ${shown(text)}\n`),
          ...(done.length > 0 && findings.length > 0 ? ["\n"] : []),
          renderFindings(findings, new Map([...world.texts, ...result.texts]), paint),
          ...(quiet ? [] : [`${shown(summaryLine(result, subject, settingsFile))}\n`]),
        ].join(""),
      );
    }
  }
  // Standard output has nothing but the findings there.
  if (format !== "text") for (const done of mended?.done ?? []) world.effects.trace(done.join(" "));
  const [failed, ...others] = mended?.failed ?? [];
  if (failed !== undefined) throw new RolecallError("write-failed", failed, { help: others });
  return hasErrors ? 1 : 0;
}

/** @throws RolecallError `invalid-option`, or `option-conflict` for `--json` with another format. */
function formatOf(options: CommandOptions): Format {
  const given = options.text("format");
  const json = options.switch("json");
  const format = chosenFormat(given, CHECK_FORMATS, json ? "json" : "text");
  if (!json || format === "json") return format;
  throw new RolecallError("option-conflict", `--json and --format ${format} exclude each other`, { at: given?.from });
}

interface ReadSubject {
  readonly subject: LintSubject;
  /** rolecall's own settings file, where there is one. */
  readonly settingsFile: string | undefined;
  /** What a file holds from now on. */
  remember(path: string, text: string): void;
}

async function readSubject(options: CommandOptions, world: World): Promise<ReadSubject> {
  const { effects, configPaths: paths } = world;
  const settingsProblems: RolecallError[] = [];
  const named = options.text("settings");
  const settings = await world.readSettings(named, (problem) => settingsProblems.push(problem));
  // Each file is read once: a pipe can be read no second time.
  const read = new Map<string, Uint8Array | undefined>();
  const subject: LintSubject = {
    paths,
    namedBy: new Map(
      [
        [paths.configFile, "AWS_CONFIG_FILE"] as const,
        [paths.credentialsFile, "AWS_SHARED_CREDENTIALS_FILE"] as const,
      ].filter(([, name]) => variable(effects.environment, name) !== undefined),
    ),
    home: effects.home,
    readFile: (path) => {
      if (!read.has(path)) read.set(path, effects.readFile(path));
      return read.get(path);
    },
    facts: fileFacts,
    hasProgram: (word) => "file" in findCommand(word, effects.environment.PATH),
    settings,
    settingsProblems,
    settingsFile: settings?.file ?? named?.value ?? "rolecall's settings",
  };
  return {
    subject,
    settingsFile: settings?.file,
    remember: (path, text) => read.set(path, new TextEncoder().encode(text)),
  };
}

interface MendReport {
  /** What was mended and where the text before is kept, a line each. */
  readonly done: readonly DoneLine[];
  /** What could not be, and why. */
  readonly failed: readonly string[];
}

type DoneLine = readonly [what: "mended" | "backup", text: string];

/** Carries the mending out, as far as the system allows it. */
function mend(subject: LintSubject, result: LintResult, remember: ReadSubject["remember"]): MendReport {
  const { texts, modes } = planMending(subject, result);
  const done: DoneLine[] = [];
  const failed: string[] = [];
  for (const [path, { before, after, findings }] of texts) {
    try {
      const backup = mendFile(path, before, after);
      remember(path, after);
      done.push(...findings.map(doneLine), ["backup", backup]);
    } catch (error) {
      failed.push(`${path} was not changed: ${systemReason(error)}`);
    }
  }
  for (const { path, mode, finding } of modes) {
    try {
      changeMode(path, mode);
      done.push(doneLine(finding));
    } catch (error) {
      failed.push(`the mode of ${path} was not changed: ${systemReason(error)}`);
    }
  }
  return { done, failed };
}

function doneLine({ at, fix }: Finding): DoneLine {
  const place = isPlace(at) ? shortOrigin(at) : at.file;
  return ["mended", `${place}: ${fix?.result}`];
}

function summaryLine(
  { findings, texts, profiles: count }: LintResult,
  { paths }: LintSubject,
  settingsFile: string | undefined,
): string {
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  if (findings.length > 0) return `${countText(findings)}${fixable === 0 ? "" : `; --fix mends ${fixable}`}`;
  const named = [paths.configFile, paths.credentialsFile];
  const read = [...named.filter((path) => texts.has(path)), ...(settingsFile === undefined ? [] : [settingsFile])];
  if (read.length === 0) return `nothing to check: there is neither ${named.join(" nor ")}`;
  const profiles = `${count} profile${count === 1 ? "" : "s"}`;
  return `nothing found in ${read.join(", ")} (${profiles})`;
}
