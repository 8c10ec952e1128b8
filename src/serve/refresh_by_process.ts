/**
 * Refreshes credentials by running `rolecall export` as a new process each time. So the server's memory does not grow,
 * and a refresh that hangs or leaks does not affect the server.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { FinishedProgram } from "../domain/effects.ts";
import { SIGN_IN_CODES } from "../domain/errors.ts";
import { asJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";

export interface RefreshCommand {
  /** The argv of `rolecall export`, with its format and the options that choose the credentials. */
  readonly argv: readonly string[];
  /** The value of `--min-ttl`, in seconds. */
  readonly minTtl: number;
  run(argv: readonly string[]): Promise<FinishedProgram>;
}

/** A refresh failed. The code and the message are those of the process that ran. */
export class RefreshError extends Error {
  override readonly name = "RefreshError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs the command and parses its output.
 *
 * @param neededTtl seconds for which the new credentials should be valid, if that is more than `minTtl`.
 * @throws RefreshError if the command fails.
 */
export async function refreshByProcess({ argv, minTtl, run }: RefreshCommand, neededTtl: number): Promise<Credentials> {
  const ttl = String(Math.ceil(Math.max(minTtl, neededTtl)));
  const { exitCode, stdout, stderr } = await run([...argv, `--min-ttl=${ttl}`, "--no-input", "--color=never"]);
  if (exitCode !== 0) throw parseError(stderr);
  const output = asJsonObject(JSON.parse(stdout));
  const text = (name: string) => stringMember(output, name);
  const [accessKeyId, secretAccessKey] = [text("AccessKeyId"), text("SecretAccessKey")];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new RefreshError("internal-error", "rolecall export printed incomplete credentials");
  }
  const expiration = text("Expiration");
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: text("SessionToken"),
    accountId: text("AccountId"),
    expiration: expiration === undefined ? undefined : parseTimestamp(expiration),
  };
}

/**
 * Parses the first line of rolecall's own errors: `error[code]: message`. If a sign-in is needed, the help, which names the
 * command, is added.
 */
function parseError(stderr: string): RefreshError {
  const [, code = "internal-error", message = "rolecall export failed without an error message"] =
    /^error\[([a-z0-9-]+)\]: (.*)$/m.exec(stderr) ?? [];
  const help = SIGN_IN_CODES.has(code) ? [...stderr.matchAll(/^ *= help: (.*)$/gm)].map(([, text = ""]) => text) : [];
  return new RefreshError(code, [message, ...help].join("; "));
}
