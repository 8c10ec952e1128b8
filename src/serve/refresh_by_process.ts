/**
 * Renewing credentials in a process of their own: `rolecall export`, started anew each time. So a server stays as small as
 * it was at its start, and nothing that hangs or leaks hangs or leaks in it.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { FinishedProgram } from "../domain/effects.ts";
import { asJsonObject, stringMember } from "../text/json_object.ts";
import { parseTimestamp } from "../text/timestamp.ts";

export interface RefreshCommand {
  /** The words that start `rolecall export`, with its format and the options that choose the credentials. */
  readonly words: readonly string[];
  /** Seconds: the least that `--min-ttl` asks for. */
  readonly minTtl: number;
  run(words: readonly string[]): Promise<FinishedProgram>;
}

/** A renewal that failed, in the words of the process that did. */
export class RefreshError extends Error {
  override readonly name = "RefreshError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws RefreshError */
export async function refreshByProcess({ words, minTtl, run }: RefreshCommand, atLeast: number): Promise<Credentials> {
  const ttl = String(Math.ceil(Math.max(minTtl, atLeast)));
  const { exitCode, stdout, stderr } = await run([...words, `--min-ttl=${ttl}`, "--no-input", "--color=never"]);
  if (exitCode !== 0) throw failureIn(stderr);
  const answer = asJsonObject(JSON.parse(stdout));
  const text = (name: string) => stringMember(answer, name);
  const expiration = text("Expiration");
  return {
    accessKeyId: text("AccessKeyId") ?? "",
    secretAccessKey: text("SecretAccessKey") ?? "",
    sessionToken: text("SessionToken"),
    accountId: text("AccountId"),
    expiration: expiration === undefined ? undefined : parseTimestamp(expiration),
  };
}

/** The first line of an error of ours: `error[code]: message`. */
function failureIn(stderr: string): RefreshError {
  const [, code = "internal-error", message = "it said nothing of why"] =
    /^error\[([a-z0-9-]+)\]: (.*)$/m.exec(stderr) ?? [];
  return new RefreshError(code, message);
}
