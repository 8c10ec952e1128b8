/** `rolecall check`: lints the config and credentials files. */
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CHECK_FORMATS } from "../../domain/option_table.ts";
import { shortOrigin } from "../../domain/origin.ts";
import { fileInfo, folderEntries, ownUserId } from "../../files/file_info.ts";
import { changeMode, replaceWithBackup } from "../../files/replace_with_backup.ts";
import { type Finding, isFilePosition } from "../../lint/finding.ts";
import { type FixedMode, planFixes } from "../../lint/fix.ts";
import type { LintInput } from "../../lint/input.ts";
import { type LintResult, lint } from "../../lint/lint.ts";
import { escapeControls } from "../../report/error.ts";
import { countText, findingsJson, githubAnnotations, renderFindings } from "../../report/findings.ts";
import { findCommand } from "../../runtime/process/find_command.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { formatOption } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors } from "../output_style.ts";

type Format = (typeof CHECK_FORMATS)[number];

/** @returns the exit code: 1 if there is an error (with `--fix`: if one is left), else 0. */
export async function check(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("check", positionals);
  const format = parseFormat(options);
  const { input, settingsFile, remember } = await readInput(options, context);
  let result = lint(input);
  let fixed: FixReport | undefined;
  if (options.switch("fix")) {
    fixed = applyFixes(input, result, remember);
    result = lint(input);
  }
  const hasErrors = result.findings.some(({ severity }) => severity === "error");
  const quiet = options.switch("quiet");
  const findings = quiet ? result.findings.filter(({ severity }) => severity === "error") : result.findings;
  switch (format) {
    case "json":
      context.print(findingsJson(findings));
      break;
    case "github":
      context.print(githubAnnotations(findings));
      break;
    case "text": {
      const colors = outputColors(options, context);
      const done = quiet ? [] : (fixed?.done ?? []);
      context.print(
        [
          ...done.map(([label, text]) => `${colors.bold(label)} ${escapeControls(text)}\n`),
          ...(done.length > 0 && findings.length > 0 ? ["\n"] : []),
          renderFindings(findings, new Map([...context.texts, ...result.texts]), colors),
          ...(quiet ? [] : [`${escapeControls(summaryLine(result, input, settingsFile))}\n`]),
        ].join(""),
      );
    }
  }
  // In the other formats, standard output carries only the findings.
  if (format !== "text") for (const done of fixed?.done ?? []) context.effects.trace(done.join(" "));
  const [failed, ...others] = fixed?.failed ?? [];
  if (failed !== undefined) throw new RolecallError("write-failed", failed, { notes: others });
  return hasErrors ? 1 : 0;
}

/** @throws RolecallError `invalid-option`, or `option-conflict` for `--json` with another format. */
function parseFormat(options: CommandOptions): Format {
  const given = options.text("format");
  const json = options.switch("json");
  const format = formatOption(given, CHECK_FORMATS, json ? "json" : "text");
  if (!json || format === "json") return format;
  throw new RolecallError("option-conflict", `--json and --format ${format} exclude each other`, { at: given?.from });
}

interface ReadInput {
  readonly input: LintInput;
  /** rolecall's settings file, if it exists. */
  readonly settingsFile: string | undefined;
  /** Records the new content of a file, for the next `readFile`. */
  remember(path: string, text: string): void;
}

/** Reads the settings file and prepares the input of `lint`, which reads the other files. */
async function readInput(options: CommandOptions, context: Context): Promise<ReadInput> {
  const { effects, configPaths: paths } = context;
  const settingsProblems: RolecallError[] = [];
  const named = options.text("settings");
  const settings = await context.readSettings(named, (problem) => settingsProblems.push(problem));
  // Each file is read only once, because it may be a pipe.
  const read = new Map<string, Uint8Array | undefined>();
  const input: LintInput = {
    paths,
    namedBy: new Map(
      [
        [paths.configFile, "AWS_CONFIG_FILE"] as const,
        [paths.credentialsFile, "AWS_SHARED_CREDENTIALS_FILE"] as const,
      ].filter(([, name]) => variable(effects.environment, name) !== undefined),
    ),
    home: effects.home,
    environment: effects.environment,
    now: effects.now,
    readFile: (path) => {
      if (!read.has(path)) read.set(path, effects.readFile(path));
      return read.get(path);
    },
    fileInfo,
    folderEntries,
    userId: ownUserId(),
    hasProgram: (program) => "file" in findCommand(program, effects.environment),
    settings,
    settingsProblems,
    settingsFile: settings?.file ?? named?.value ?? "rolecall's settings",
  };
  return {
    input,
    settingsFile: settings?.file,
    remember: (path, text) => read.set(path, new TextEncoder().encode(text)),
  };
}

interface FixReport {
  /** The fixes and the paths of the backups, one line each. */
  readonly done: readonly DoneLine[];
  /** The errors, one line each. */
  readonly failed: readonly string[];
}

type DoneLine = readonly [label: "fixed" | "backup", text: string];

/** Writes the fixes. An error in one file does not keep the others from being fixed. */
function applyFixes(input: LintInput, result: LintResult, remember: ReadInput["remember"]): FixReport {
  const { texts, modes } = planFixes(input, result);
  const done: DoneLine[] = [];
  const doneModes: DoneLine[] = [];
  const failed: string[] = [];
  const applyMode = ({ path, mode, finding }: FixedMode) => {
    try {
      changeMode(path, mode);
      doneModes.push(doneLine(finding));
    } catch (error) {
      failed.push(`cannot change the mode of ${path}: ${systemErrorMessage(error)}`);
    }
  };
  const isFolder = ({ path }: FixedMode) => input.fileInfo(path)?.kind === "folder";
  // Files are not changed in a folder that others can write to.
  modes.filter(isFolder).forEach(applyMode);
  for (const [path, { before, after, findings }] of texts) {
    try {
      const backup = replaceWithBackup(path, before, after);
      remember(path, after);
      done.push(...findings.map(doneLine), ["backup", backup]);
    } catch (error) {
      failed.push(`cannot change ${path}: ${systemErrorMessage(error)}`);
    }
  }
  modes.filter((fixed) => !isFolder(fixed)).forEach(applyMode);
  return { done: [...done, ...doneModes], failed };
}

function doneLine({ at, fix }: Finding): DoneLine {
  const position = isFilePosition(at) ? shortOrigin(at) : at.file;
  return ["fixed", `${position}: ${fix?.result}`];
}

function summaryLine(
  { findings, texts, profiles: count }: LintResult,
  { paths }: LintInput,
  settingsFile: string | undefined,
): string {
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  if (findings.length > 0) return `${countText(findings)}${fixable === 0 ? "" : `; ${fixable} fixable with --fix`}`;
  const named = [paths.configFile, paths.credentialsFile];
  const read = [...named.filter((path) => texts.has(path)), ...(settingsFile === undefined ? [] : [settingsFile])];
  if (read.length === 0) return `nothing to check: neither ${named.join(" nor ")} exists`;
  const profiles = `${count} profile${count === 1 ? "" : "s"}`;
  return `no problems found in ${read.join(", ")} (${profiles})`;
}
