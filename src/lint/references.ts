/** Files, programs and sections that the settings name: whether they are there. */
import type { Setting } from "../config/shared_config.ts";
import { RolecallError } from "../domain/errors.ts";
import { USE_PATH_FOLDER } from "../domain/help_texts.ts";
import { lengthOf } from "../ini/spans.ts";
import type { Plan } from "../plan/plan.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { type Finding, finding, findingOf } from "./finding.ts";
import type { LintedFiles, LintInput } from "./input.ts";

export function* checkReferences(
  { merged }: LintedFiles,
  plans: ReadonlyMap<string, Plan>,
  subject: LintInput,
): Generator<Finding> {
  const bundles = new Set<Setting>();
  for (const { name, settings } of merged.profiles.values()) {
    const plan = plans.get(name);
    const bundle = settings.get("ca_bundle");
    // One that many profiles name, through [DEFAULT] say, is read once.
    if (bundle !== undefined && bundle.value !== "" && !bundles.has(bundle)) {
      bundles.add(bundle);
      yield* checkBundle(bundle, subject);
    }
    const token = settings.get("web_identity_token_file");
    if (token !== undefined && token.value !== "" && subject.facts(token.value) === undefined) {
      yield missing("file-not-found", token, `the token file ${firstLine(token)} is not there`, [
        token.value.startsWith("~")
          ? "no shell reads it: ~ means nothing here"
          : "whoever gives the tokens has to write it first",
      ]);
    }
    const process = settings.get("credential_process");
    const [program] = plan?.source.kind === "process" && plan.source.profile === name ? plan.source.argv : [];
    if (process !== undefined && program !== undefined && !subject.hasProgram(program)) {
      yield missing("program-not-found", process, `the program ${program} cannot be executed here`, [
        program.includes("/") ? "there is no such file, or its mode does not let you execute it" : USE_PATH_FOLDER,
        ...(program.startsWith("~") || program.includes("$") ? ["no shell runs it: ~ and $ mean nothing here"] : []),
      ]);
    }
    // With sso_account_id or sso_role_name it is the plan that refuses.
    const session = settings.get("sso_session");
    if (
      session !== undefined &&
      !merged.ssoSessions.has(session.value) &&
      !settings.has("sso_account_id") &&
      !settings.has("sso_role_name")
    ) {
      yield finding("key-without-effect", `there is no section [sso-session ${firstLine(session)}]`, session.from, {
        length: lengthOf(firstLine(session)),
        help: ["and without sso_account_id and sso_role_name the profile has no credentials from it"],
      });
    }
  }
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
