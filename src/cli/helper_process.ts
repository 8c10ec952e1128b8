/** The helper process of `exec --serve`: a server of fresh credentials that goes when the command does. */
import { readFileSync, rmSync } from "node:fs";
import { listenOnLoopback } from "../runtime/http_server.ts";
import { environmentBefore, startOnItsOwn } from "../runtime/process/daemon.ts";
import { ownWords } from "../runtime/process/own_argv.ts";
import { untilEnded } from "../runtime/process/process_watch.ts";
import { runProgram } from "../runtime/process/run_program.ts";
import { writeAll } from "../runtime/terminal/output.ts";
import { ecsAnswer } from "../serve/ecs.ts";
import { RenewalFailure, renewByProcess } from "../serve/refresh_by_process.ts";
import { renewing } from "../serve/refresh_timer.ts";
import { systemReason } from "../text/system_error.ts";
import { HELPER_WORDS, type HelperAnswer, type HelperMessage } from "./helper_message.ts";
import { endOfRenewal } from "./non_interactive.ts";
import { explainFailure } from "./unexpected_error.ts";

/**
 * @param words of which the first is one of `HELPER_WORDS`.
 * @returns the exit code 0.
 */
export async function runHelper(words: readonly string[]): Promise<number> {
  if (words[0] === HELPER_WORDS.detach) startOnItsOwn(words.slice(1));
  else await serveOneCommand();
  return 0;
}

async function serveOneCommand(): Promise<void> {
  const message: HelperMessage = JSON.parse(readFileSync(0, "utf8"));
  const { command, token, options, minTtl, folder } = message;
  const { expiration, ...keys } = message.credentials;
  const first = { ...keys, expiration: expiration === undefined ? undefined : new Date(expiration) };
  const words = [...ownWords(), "export", `--format=${HELPER_WORDS.format}`, ...options];
  const end = new AbortController();
  const run = (words: readonly string[]) => renewalProgram(words, endOfRenewal(end.signal));
  const fresh = renewing(
    first,
    // Whatever it says would appear in the middle of the command's own words.
    { now: () => new Date(), trace: () => {}, warn: () => {} },
    {
      renew: (atLeast) => renewByProcess({ words, minTtl, run }, atLeast),
      explain: (error) => (error instanceof RenewalFailure ? error : explainFailure(error)),
    },
  );
  try {
    const server = await listenOnLoopback(0, (request) => ecsAnswer(request, { token, served: fresh.now }));
    answer({ port: server.port });
    await untilEnded(command);
    server.close();
  } catch (error) {
    answer({ failed: systemReason(error) });
  } finally {
    fresh.stop();
    end.abort();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** A code of `--mfa-code` is spent, and nobody picks any more. */
function renewalProgram(words: readonly string[], until: AbortSignal) {
  return runProgram(
    words,
    { ...environmentBefore(), ROLECALL_MFA_CODE: undefined, ROLECALL_PICK: undefined },
    "kept",
    until,
  );
}

function answer(line: HelperAnswer): void {
  writeAll(1, `${JSON.stringify(line)}\n`);
}
