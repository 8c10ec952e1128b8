/** The provider for `credential_process`: credentials that a program prints. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type ErrorDetails, RolecallError } from "../domain/errors.ts";
import { needsShell, USE_FULL_PATH, USE_TIMESTAMP } from "../domain/help_texts.ts";
import type { ProcessStep } from "../plan/plan.ts";
import { parseJsonObject, stringMember, textProblem } from "../text/json_object.ts";
import { redactExcerpt } from "../text/redact.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { withProfileInChain } from "./profile_chain.ts";

/**
 * Runs the program and reads the credentials from its standard output, which is never shown. At a terminal its standard
 * error is shown while it runs, because it may ask the user to touch a security key.
 *
 * @param config contains the profile, whose `aws_account_id` is used if the program prints no account id.
 * @throws RolecallError `process-failed` or `credentials-expired`.
 */
export async function processCredentials(
  step: ProcessStep,
  config: SharedConfig,
  effects: Effects,
): Promise<Credentials> {
  const accountId = config.profiles.get(step.profile)?.settings.get("aws_account_id")?.value;
  const start = effects.now().getTime();
  const { exitCode, outputTooLarge, stdout, stderr } = await run(step, effects);
  effects.trace(
    `credential_process ${step.argv[0]}: exit code ${exitCode} after ${effects.now().getTime() - start} ms`,
  );
  if (outputTooLarge) throw processError(step, "printed more than 1 MiB");
  if (exitCode !== 0) {
    const what = exitCode === undefined ? "was killed by a signal" : `failed with exit code ${exitCode}`;
    throw processError(step, what, {
      notes: lastLines(withoutArguments(stderr, step.argv)).map((line) => `it printed: ${line}`),
    });
  }
  return parseOutput(stdout, step, accountId, effects.now());
}

async function run(step: ProcessStep, effects: Effects) {
  try {
    return await effects.run(step.argv, withProfileInChain(effects.environment, step.profile), "inherited-at-terminal");
  } catch (error) {
    throw processError(step, `cannot be run: ${step.argv[0]}: ${systemErrorMessage(error)}`, { help: [USE_FULL_PATH] });
  }
}

/** The format of the AWS SDKs: `Version` 1 and two keys; `SessionToken`, `Expiration` and `AccountId` are optional. */
function parseOutput(stdout: string, step: ProcessStep, accountId: string | undefined, now: Date): Credentials {
  const json = parseJsonObject(stdout);
  if (json === undefined) throw processError(step, "did not print a JSON object");
  if (json.Version !== 1) throw processError(step, 'did not print "Version": 1');
  const optional = (name: string): string | undefined => {
    const problem = textProblem(json, name);
    if (problem !== undefined) throw processError(step, `printed ${withArticle(name)} ${problem}`);
    return stringMember(json, name);
  };
  const required = (name: string): string => {
    const value = optional(name);
    if (value === undefined) throw processError(step, `did not print ${name}`);
    return value;
  };
  const credentials = { accessKeyId: required("AccessKeyId"), secretAccessKey: required("SecretAccessKey") };
  // As in the AWS CLI: null counts as missing, an empty text does not.
  const hasExpiration = (json.Expiration ?? undefined) !== undefined;
  const expiration = parseTimestamp(stringMember(json, "Expiration") ?? "");
  if (hasExpiration && expiration === undefined) {
    throw processError(step, "printed an Expiration that is not a timestamp", { help: [USE_TIMESTAMP] });
  }
  if (expiration !== undefined && expiration <= now) {
    throw new RolecallError(
      "credentials-expired",
      `the credential_process of "${step.profile}" printed credentials that expired at ${expiration.toISOString()}`,
      { at: step.from },
    );
  }
  return {
    ...credentials,
    // Long-term keys have no token, and some programs print an empty one for them.
    sessionToken: json.SessionToken === "" ? undefined : optional("SessionToken"),
    expiration,
    accountId: stringMember(json, "AccountId") ?? accountId,
  };
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** An argument that may be a password or the seed of an MFA device, rather than a name or a path. */
const SECRET_ARGUMENT = /^(?=.*\d)(?=.*[A-Za-z])[\w+=-]{12,}$/;

/** Removes arguments that the program repeats, such as in "invalid seed …". */
function withoutArguments(text: string, [, ...args]: readonly string[]): string {
  return args.filter((arg) => SECRET_ARGUMENT.test(arg)).reduce((rest, arg) => rest.replaceAll(arg, "****"), text);
}

/** The last lines of the program's standard error, in which it usually explains its failure. */
function lastLines(stderr: string): string[] {
  return stderr
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-5)
    .map((line) => redactExcerpt(line, 300));
}

/** @param what completes the sentence, such as `did not print a JSON object`. */
function processError(step: ProcessStep, what: string, details: Pick<ErrorDetails, "notes" | "help"> = {}) {
  const message = `the credential_process of "${step.profile}" ${what}`;
  const help = [...needsShell("credential_process", step.argv), ...(details.help ?? [])];
  return new RolecallError("process-failed", message, { at: step.from, ...details, help });
}
