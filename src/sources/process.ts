/** Credentials that a program prints: `credential_process`. */
import type { SharedConfig } from "../config/shared_config.ts";
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { USE_FULL_PATH, USE_TIMESTAMP } from "../domain/help_texts.ts";
import type { ProcessStep } from "../plan/plan.ts";
import { parseJsonObject, stringMember } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { withProfileInChain } from "./profile_chain.ts";

/**
 * Runs the program and reads what it prints. Its standard output is never shown: it holds the secret.
 *
 * @param config has the profile, whose account id counts where the answer has none.
 * @throws RolecallError `process-failed`, or `credentials-expired`.
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
  if (outputTooLarge) throw failure(step, `the credential_process of "${step.profile}" printed more than a megabyte`);
  if (exitCode !== 0) {
    const end = exitCode === undefined ? "was ended by a signal" : `ended with exit code ${exitCode}`;
    throw failure(step, `the credential_process of "${step.profile}" ${end}`, said(stderr));
  }
  return readAnswer(stdout, step, accountId, effects.now());
}

async function run(step: ProcessStep, effects: Effects) {
  try {
    return await effects.run(step.argv, withProfileInChain(effects.environment, step.profile), "kept");
  } catch (error) {
    const why = `${step.argv[0]}: ${systemErrorMessage(error)}`;
    throw failure(step, `the credential_process of "${step.profile}" cannot be run: ${why}`, [USE_FULL_PATH]);
  }
}

/** The AWS SDKs' format: `Version` 1 and the keys; token, expiration and account id where there are any. */
function readAnswer(stdout: string, step: ProcessStep, accountId: string | undefined, now: Date): Credentials {
  const answer = parseJsonObject(stdout);
  if (answer === undefined) throw failure(step, `the credential_process of "${step.profile}" printed no JSON object`);
  if (answer.Version !== 1) {
    throw failure(step, `the credential_process of "${step.profile}" printed no "Version": 1`);
  }
  const optional = (name: string) => stringMember(answer, name);
  const required = (name: string): string => {
    const value = optional(name);
    if (value !== undefined) return value;
    throw failure(step, `the credential_process of "${step.profile}" printed no ${name}`);
  };
  const credentials = { accessKeyId: required("AccessKeyId"), secretAccessKey: required("SecretAccessKey") };
  const expirationText = optional("Expiration");
  const expiration = expirationText === undefined ? undefined : parseTimestamp(expirationText);
  if (expirationText !== undefined && expiration === undefined) {
    throw failure(step, `the credential_process of "${step.profile}" printed an Expiration that is no time`, [
      USE_TIMESTAMP,
    ]);
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
    sessionToken: optional("SessionToken"),
    expiration,
    accountId: optional("AccountId") ?? accountId,
  };
}

/** The end of what the program said on its standard error. */
function said(stderr: string): string[] {
  return stderr
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-5)
    .map((line) => `it said: ${line.slice(0, 300)}`);
}

function failure(step: ProcessStep, message: string, help: readonly string[] = []): RolecallError {
  return new RolecallError("process-failed", message, { at: step.from, help });
}
