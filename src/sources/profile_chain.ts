/**
 * Detects a `credential_process` that runs itself again through `rolecall export` or `aws configure export-credentials`.
 * Both pass on the chain of profiles in the same variable.
 */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";

const VARIABLE = "_AWS_CLI_PROFILE_CHAIN";

/** The maximum length of the chain, as in the AWS CLI. */
const MAX_PROFILES = 4;

/** The variable for the `credential_process` of this profile. */
export function withProfileInChain(environment: Environment, profile: string): Environment {
  return { [VARIABLE]: [...parseCsvLine(environment[VARIABLE] ?? ""), profile].map(formatField).join(",") };
}

/** @throws RolecallError `process-loop` if the profile is in the chain already, or if the chain is too long. */
export function rejectCycle(environment: Environment, profile: string): void {
  const chain = parseCsvLine(environment[VARIABLE] ?? "");
  if (!chain.includes(profile) && chain.length < MAX_PROFILES) return;
  throw new RolecallError(
    "process-loop",
    `the credential_process of "${profile}" forms a cycle: ${[...chain, profile].join(" -> ")}`,
    {
      help: ["use another profile in the command of credential_process, with --profile"],
    },
  );
}

/** Parses a line of CSV as Python's `csv` module writes it. */
function parseCsvLine(text: string): string[] {
  if (text === "") return [];
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
}

function formatField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
