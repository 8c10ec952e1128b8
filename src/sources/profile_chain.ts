/**
 * The profiles whose credential processes led here. The AWS CLI's `export-credentials` hands them on in a variable, and
 * so a `credential_process` that leads back to itself is found out before it has started a thousand of them.
 */
import type { Environment } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";

const VARIABLE = "_AWS_CLI_PROFILE_CHAIN";

/** The AWS CLI's: a fifth level is an error. */
const DEEPEST = 4;

/** The variable as a process that is started for this profile is to see it. */
export function withProfileInChain(environment: Environment, profile: string): Environment {
  return { [VARIABLE]: [...parseLine(environment[VARIABLE] ?? ""), profile].map(field).join(",") };
}

/** @throws RolecallError `process-loop` when credentials of this profile are already on their way. */
export function rejectCycle(environment: Environment, profile: string): void {
  const chain = parseLine(environment[VARIABLE] ?? "");
  if (!chain.includes(profile) && chain.length < DEEPEST) return;
  throw new RolecallError("process-loop", `the credential_process of "${profile}" leads round in a circle`, {
    help: [
      `the profiles in turn: ${[...chain, profile].join(" → ")}`,
      "let the command of credential_process name another profile with --profile",
    ],
  });
}

/** One line of CSV, as Python's `csv` writes it. */
function parseLine(text: string): string[] {
  if (text === "") return [];
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
