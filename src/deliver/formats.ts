/** The formats of `export`; those of `aws configure export-credentials` byte for byte. */
import type { Credentials } from "../domain/credentials.ts";
import { RolecallError } from "../domain/errors.ts";
import type { EXPORT_FORMATS } from "../domain/option_table.ts";
import { formatTimestamp } from "../text/timestamp.ts";
import { credentialVariables } from "./exec_environment.ts";

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
 * The credentials as text that ends with a newline.
 *
 * @param profile names the section of the format `ini`.
 * @throws RolecallError `unsafe-value` for a value that the format cannot carry safely.
 */
export function formatCredentials(
  format: Exclude<ExportFormat, "github">,
  credentials: Credentials,
  profile: string,
): string {
  if (format === "process") return processFormat(credentials);
  const variables = credentialVariables(credentials);
  if (format !== "ini") return formatVariables(format, variables);
  refuseUnsafe(format, variables);
  if (!SAFE_SECTION.test(profile))
    throw unsafe("the profile's name", format, ["rename the profile, or use another format"]);
  return iniLines(variables, profile)
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * Variables as a shell, or a program that reads such lines, takes them.
 *
 * @throws RolecallError `unsafe-value` as above.
 */
export function formatVariables(format: VariableFormat, variables: readonly Variable[]): string {
  refuseUnsafe(format, variables);
  return variables.map((one) => `${VARIABLE_LINES[format](one)}\n`).join("");
}

/**
 * What a `credential_process` prints. JSON can carry every value.
 *
 * @param accountId for those who read it; the AWS CLI's format has none.
 */
export function processFormat(credentials: Credentials, accountId?: string): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  const answer = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(sessionToken === undefined ? {} : { SessionToken: sessionToken }),
    ...(expiration === undefined ? {} : { Expiration: formatTimestamp(expiration) }),
    ...(accountId === undefined ? {} : { AccountId: accountId }),
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

const INI_KEYS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "aws_access_key_id",
  AWS_SECRET_ACCESS_KEY: "aws_secret_access_key",
  AWS_SESSION_TOKEN: "aws_session_token",
};

/** A section for a credentials file. Such a file has no key for the expiration. */
function iniLines(variables: readonly Variable[], profile: string): string[] {
  const lines = [`[${profile}]`];
  for (const [name, value] of variables) {
    const key = INI_KEYS[name];
    if (key !== undefined) lines.push(`${key} = ${value}`);
  }
  return lines;
}

export interface GithubOutput {
  /** For standard output: from then on the log hides the values. */
  readonly masks: string;
  /** For the file of `GITHUB_ENV`. */
  readonly variables: string;
}

/** The credentials for the further steps of a job of GitHub Actions. */
export function githubFormat(credentials: Credentials): GithubOutput {
  const { secretAccessKey, sessionToken } = credentials;
  const secrets = sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken];
  return githubVariables(credentialVariables(credentials), secrets);
}

/** @throws RolecallError `unsafe-value` as above. */
export function githubVariables(variables: readonly Variable[], secrets: readonly string[]): GithubOutput {
  refuseUnsafe("github", variables);
  return {
    masks: secrets.map((secret) => `::add-mask::${secret}\n`).join(""),
    variables: variables.map(([name, value]) => `${name}=${value}\n`).join(""),
  };
}

/**
 * Characters that no shell, INI file or workflow command gives a meaning to: those that AWS's credentials have. A
 * hostile `credential_process` could print others, and the output of this function is meant for `eval`.
 */
const SAFE_VALUE = /^[A-Za-z0-9+/=_.:@,-]+$/;

function refuseUnsafe(format: ExportFormat, variables: readonly Variable[]): void {
  for (const [name, value] of variables) {
    if (SAFE_VALUE.test(value)) continue;
    throw unsafe(name, format, [
      "credentials of AWS have none; if you trust the source, use --format process, or exec",
    ]);
  }
}

/** What a section's name between brackets may be. */
const SAFE_SECTION = /^[^\p{Cc}[\]]+$/u;

function unsafe(what: string, format: ExportFormat, help: readonly string[]): RolecallError {
  return new RolecallError("unsafe-value", `${what} has a character that the format ${format} cannot carry safely`, {
    help,
  });
}
