/** The helper process of `exec --serve`: a server of fresh credentials that goes when the command does. */
import { readFileSync, rmSync } from "node:fs";
import { listenOnLoopback } from "../runtime/http_server.ts";
import { originalEnvironment, spawnDetached } from "../runtime/process/daemon.ts";
import { ownArgv } from "../runtime/process/own_argv.ts";
import { waitForExit } from "../runtime/process/process_watch.ts";
import { runProgram } from "../runtime/process/run_program.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { handleEcsRequest } from "../serve/ecs.ts";
import { RefreshError, refreshByProcess } from "../serve/refresh_by_process.ts";
import { SYSTEM_TIMER, startRefresher } from "../serve/refresher.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { refreshTimeout } from "./non_interactive.ts";
import { describeError } from "./unexpected_error.ts";

/**
 * @param words of which the first is one of `HELPER_ARGUMENTS`.
 * @returns the exit code 0.
 */
export async function runHelperProcess(words: readonly string[]): Promise<number> {
  if (words[0] === HELPER_ARGUMENTS.detach) spawnDetached(words.slice(1));
  else await serveOneCommand();
  return 0;
}

async function serveOneCommand(): Promise<void> {
  const message: HelperMessage = JSON.parse(readFileSync(0, "utf8"));
  const { command, token, options, minTtl, folder } = message;
  const { expiration, ...keys } = message.credentials;
  const first = { ...keys, expiration: expiration === undefined ? undefined : new Date(expiration) };
  const words = [...ownArgv(), "export", `--format=${HELPER_ARGUMENTS.format}`, ...options];
  const end = new AbortController();
  const run = (words: readonly string[]) => renewalProgram(words, refreshTimeout(end.signal));
  const refresher = startRefresher(first, {
    ...SYSTEM_TIMER,
    refresh: (atLeast) => refreshByProcess({ argv: words, minTtl, run }, atLeast),
    now: () => new Date(),
    describeError: (error) => (error instanceof RefreshError ? error : describeError(error)),
    // Nothing is printed: it would appear in the middle of the command's output.
    trace: () => {},
    warn: () => {},
  });
  try {
    const server = await listenOnLoopback(0, (request) => handleEcsRequest(request, { token, served: refresher.now }));
    answer({ port: server.port });
    await waitForExit(command);
    server.close();
  } catch (error) {
    answer({ failed: systemErrorMessage(error) });
  } finally {
    refresher.stop();
    end.abort();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** A code of `--mfa-code` is spent, and nobody picks any more. */
function renewalProgram(words: readonly string[], until: AbortSignal) {
  return runProgram(
    words,
    { ...originalEnvironment(), ROLECALL_MFA_CODE: undefined, ROLECALL_PICK: undefined },
    "kept",
    until,
  );
}

function answer(line: HelperReply): void {
  writeAll(1, `${JSON.stringify(line)}\n`);
}
