/** The formats of `export`. Those that `aws configure export-credentials` has, too, are the same byte for byte. */
import type { Credentials } from "../domain/credentials.ts";
import { RolecallError } from "../domain/errors.ts";
import type { EXPORT_FORMATS } from "../domain/option_table.ts";
import { formatTimestamp } from "../text/timestamp.ts";
import { credentialVariables, regionVariables } from "./exec_environment.ts";

type Variable = readonly [name: string, value: string];

type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type VariableFormat = Exclude<ExportFormat, "process" | "ini" | "github">;

const VARIABLE_LINES: Readonly<Record<VariableFormat, (variable: Variable) => string>> = {
  env: ([name, value]) => `export ${name}=${value}`,
  "env-no-export": ([name, value]) => `${name}=${value}`,
  powershell: ([name, value]) => `$Env:${name}="${value}"`,
  "windows-cmd": ([name, value]) => `set ${name}=${value}`,
  fish: ([name, value]) => `set -gx ${name} "${value}"`,
};

/**
 * Formats the credentials. The text ends with a newline.
 *
 * @param profile the section name for the format `ini`.
 * @throws RolecallError `unsafe-value` if the format cannot carry a value safely.
 */
export function formatCredentials(
  format: Exclude<ExportFormat, "github">,
  credentials: Credentials,
  profile: string,
): string {
  if (format === "process") return processFormat(credentials);
  const variables = credentialVariables(credentials);
  if (format !== "ini") return formatVariables(format, variables);
  requireSafe(format, variables);
  if (!SAFE_SECTION_NAME.test(profile)) {
    throw unsafeValue("the profile's name", format, ["rename the profile, or use another format"]);
  }
  return iniLines(variables, profile)
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * Formats variables for a shell, or for a program that reads `NAME=VALUE` lines.
 *
 * @throws RolecallError `unsafe-value` if the format cannot carry a value safely.
 */
export function formatVariables(format: VariableFormat, variables: readonly Variable[]): string {
  requireSafe(format, variables);
  return variables.map((variable) => `${VARIABLE_LINES[format](variable)}\n`).join("");
}

/**
 * Formats the credentials as the output of a `credential_process`. JSON can carry every value.
 *
 * @param accountId an addition to the AWS CLI's format, for the helper process of `exec --serve`.
 */
export function processFormat(credentials: Credentials, accountId?: string): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  const output = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(sessionToken === undefined ? {} : { SessionToken: sessionToken }),
    ...(expiration === undefined ? {} : { Expiration: formatTimestamp(expiration) }),
    ...(accountId === undefined ? {} : { AccountId: accountId }),
  };
  return `${JSON.stringify(output, null, 2)}\n`;
}

const INI_KEYS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "aws_access_key_id",
  AWS_SECRET_ACCESS_KEY: "aws_secret_access_key",
  AWS_SESSION_TOKEN: "aws_session_token",
};

/** Returns the section of a credentials file, in which there is no key for the expiration. */
function iniLines(variables: readonly Variable[], profile: string): string[] {
  const lines = [`[${profile}]`];
  for (const [name, value] of variables) {
    const key = INI_KEYS[name];
    if (key !== undefined) lines.push(`${key} = ${value}`);
  }
  return lines;
}

export interface GithubOutput {
  /** For standard output: workflow commands that make the log redact the values. */
  readonly masks: string;
  /** For the file that `GITHUB_ENV` names. */
  readonly variables: string;
}

/** Formats the credentials and the region for the later steps of a GitHub Actions job. */
export function githubFormat(credentials: Credentials, region: string | undefined): GithubOutput {
  const { secretAccessKey, sessionToken } = credentials;
  const secrets = sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken];
  return githubVariables([...credentialVariables(credentials), ...regionVariables(region)], secrets);
}

/**
 * Formats variables for the later steps of a GitHub Actions job.
 *
 * @param secrets the values to redact.
 * @throws RolecallError `unsafe-value` if the format cannot carry a value safely.
 */
export function githubVariables(variables: readonly Variable[], secrets: readonly string[]): GithubOutput {
  requireSafe("github", variables);
  return {
    masks: secrets.map((secret) => `::add-mask::${secret}\n`).join(""),
    variables: variables.map(([name, value]) => `${name}=${value}\n`).join(""),
  };
}

/**
 * The characters of AWS credentials, none of which has a meaning in a shell, an INI file or a workflow command. The output
 * is meant for `eval`, and a hostile `credential_process` could print other characters.
 */
const SAFE_VALUE = /^[A-Za-z0-9+/=_.:@,-]+$/;

/** Whether every format can carry the value. */
export function isSafeValue(value: string): boolean {
  return SAFE_VALUE.test(value);
}

function requireSafe(format: ExportFormat, variables: readonly Variable[]): void {
  for (const [name, value] of variables) {
    if (isSafeValue(value)) continue;
    throw unsafeValue(name, format, [
      "use --format process or exec if you trust the source: AWS credentials have no such characters",
    ]);
  }
}

/** No control characters and no brackets, which would end the section name. */
const SAFE_SECTION_NAME = /^[^\p{Cc}[\]]+$/u;

function unsafeValue(subject: string, format: ExportFormat, help: readonly string[]): RolecallError {
  return new RolecallError("unsafe-value", `${subject} has a character that the format ${format} cannot carry safely`, {
    help,
  });
}
