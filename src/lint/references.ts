/** Checks that the files, programs and sections that settings name exist. */
import { splitProgram } from "../config/command_line.ts";
import type { Setting } from "../config/shared_config.ts";
import { RolecallError } from "../domain/errors.ts";
import { USE_FULL_PATH, USE_PATH_FOLDER } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import type { Plan } from "../plan/plan.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { type Finding, finding, findingOf } from "./finding.ts";
import type { LintedFiles, LintInput } from "./input.ts";

export function* checkReferences(
  { merged }: LintedFiles,
  plans: ReadonlyMap<string, Plan>,
  input: LintInput,
): Generator<Finding> {
  const bundles = new Set<Setting>();
  for (const { name, settings } of merged.profiles.values()) {
    const plan = plans.get(name);
    const bundle = settings.get("ca_bundle");
    // A bundle that many profiles inherit from [DEFAULT] is read once.
    if (bundle !== undefined && bundle.value !== "" && !bundles.has(bundle)) {
      bundles.add(bundle);
      yield* checkBundle(bundle, input);
    }
    const token = settings.get("web_identity_token_file");
    if (token !== undefined && token.value !== "" && input.fileInfo(token.value) === undefined) {
      yield missing("file-not-found", token, `the token file ${firstLine(token)} does not exist`, [
        token.value.startsWith("~")
          ? "write the path in full: ~ is not expanded"
          : "check the path, and that the file is written before rolecall runs",
      ]);
    }
    const process = settings.get("credential_process");
    const [program] = plan?.source.kind === "process" && plan.source.profile === name ? plan.source.argv : [];
    if (process !== undefined && program !== undefined) yield* checkProgram(process, program, input);
    const mfaProcess = settings.get("mfa_process");
    if (mfaProcess !== undefined) yield* checkMfaProcess(mfaProcess, input);
    // If sso_account_id or sso_role_name is set, planning the profile reports the missing section.
    const session = settings.get("sso_session");
    if (
      session !== undefined &&
      !merged.ssoSessions.has(session.value) &&
      !settings.has("sso_account_id") &&
      !settings.has("sso_role_name")
    ) {
      yield finding(
        "key-without-effect",
        `the section [sso-session ${firstLine(session)}] does not exist`,
        session.from,
        {
          length: lengthOf(firstLine(session)),
          help: ["add the section, and sso_account_id and sso_role_name to the profile, or remove sso_session"],
        },
      );
    }
  }
}

/** A command that cannot be split is an error of the plan. */
export function* checkMfaProcess(command: Sourced<string> | undefined, input: LintInput): Generator<Finding> {
  if (command === undefined || !("file" in command.from)) return;
  const split = splitProgram(command.value, input.paths.platform);
  const [program] = "argv" in split ? split.argv : [];
  if (program !== undefined) yield* checkProgram({ value: command.value, from: command.from }, program, input);
}

function* checkProgram(command: Setting, program: string, { hasProgram }: LintInput): Generator<Finding> {
  if (hasProgram(program)) return;
  yield missing("program-not-found", command, `the program ${program} cannot be executed`, [
    program.includes("/") ? "check that the file exists and is executable" : USE_PATH_FOLDER,
    ...(program.startsWith("~") || program.includes("$") ? [USE_FULL_PATH] : []),
  ]);
}

function* checkBundle(caBundle: Setting, { readFile }: LintInput): Generator<Finding> {
  try {
    readCaBundle({ caBundle }, { readFile });
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    yield findingOf(error, caBundle.from.file);
  }
}

function missing(
  code: "file-not-found" | "program-not-found",
  setting: Setting,
  message: string,
  help: readonly string[],
): Finding {
  return finding(code, message, setting.from, { length: lengthOf(firstLine(setting)), help });
}

function firstLine({ value }: Setting): string {
  return value.split("\n", 1)[0] ?? "";
}
