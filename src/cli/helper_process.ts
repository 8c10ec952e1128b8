/** The helper process of `exec --serve`: serves refreshed credentials until the command ends. */
import { readFileSync } from "node:fs";
import { fingerprintOf } from "../files/fingerprint.ts";
import { type HttpServerRequest, listenOnLoopback } from "../runtime/http_server.ts";
import { removePrivateFolder } from "../runtime/private_folder.ts";
import { originalEnvironment } from "../runtime/process/detach.ts";
import { ignoreSignals } from "../runtime/process/ignore_signals.ts";
import { ownArgv } from "../runtime/process/own_argv.ts";
import { identify, waitForExit } from "../runtime/process/process_watch.ts";
import { runProgram } from "../runtime/process/run_program.ts";
import { writeAll } from "../runtime/terminal/write_all.ts";
import { afterChanges } from "../serve/after_changes.ts";
import { handleEcsRequest } from "../serve/ecs.ts";
import { RefreshError, refreshByProcess } from "../serve/refresh_by_process.ts";
import { SYSTEM_TIMER, startRefresher } from "../serve/refresher.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { watchCopies } from "./file_copies.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { refreshTimeout } from "./non_interactive.ts";
import { describeError } from "./unexpected_error.ts";

/** Runs the helper process until the command has ended. */
export async function serveCommand(): Promise<void> {
  // A service manager signals all processes of a service, and COMMAND may need credentials until it has shut down.
  ignoreSignals();
  const message: HelperMessage = JSON.parse(readFileSync(0, "utf8"));
  const { token, options, minTtl, keyFiles, folder } = message;
  // The process waits for the reply before it becomes COMMAND, so it still exists.
  const command = identify(message.pid);
  const copies = folder === undefined ? undefined : watchCopies(folder);
  const { expiration, ...keys } = message.credentials;
  const first = { ...keys, expiration: expiration === undefined ? undefined : new Date(expiration) };
  const exportArgv = [...ownArgv(), "export", `--format=${HELPER_ARGUMENTS.format}`, ...options];
  const stopped = new AbortController();
  const run = (argv: readonly string[]) => runExport(argv, refreshTimeout(stopped.signal));
  let lastFingerprint = fingerprintOf(keyFiles);
  const refresher = startRefresher(first, {
    ...SYSTEM_TIMER,
    refresh: (ttl) => {
      lastFingerprint = fingerprintOf(keyFiles);
      return refreshByProcess({ argv: exportArgv, minTtl, run }, ttl);
    },
    now: () => new Date(),
    isFromFiles: () => keyFiles.length > 0,
    haveFilesChanged: () => fingerprintOf(keyFiles) !== lastFingerprint,
    // There are credentials from the start.
    isTemporary: () => true,
    describeError: (error) => (error instanceof RefreshError ? error : describeError(error)),
    // Nothing is printed: it would appear in the middle of the command's output.
    trace: () => {},
    warn: () => {},
  });
  try {
    const respond = (request: HttpServerRequest) => handleEcsRequest(request, { token, served: refresher.now });
    const server = await listenOnLoopback(0, afterChanges(refresher, respond));
    reply({ port: server.port });
    await waitForExit(command, copies?.poll);
    server.close();
  } catch (error) {
    reply({ failed: systemErrorMessage(error) });
  } finally {
    refresher.stop();
    stopped.abort();
    const problems = (await copies?.finish()) ?? [];
    // The next run finds the folder, and reports what cannot be merged.
    if (folder !== undefined && problems.length === 0) removePrivateFolder(folder);
  }
}

/** Without the variables of options that need a person: an MFA code is valid for one call only. */
function runExport(argv: readonly string[], until: AbortSignal) {
  return runProgram(
    argv,
    { ...originalEnvironment(), ROLECALL_MFA_CODE: undefined, ROLECALL_PICK: undefined },
    "captured",
    until,
  );
}

function reply(line: HelperReply): void {
  writeAll(1, `${JSON.stringify(line)}\n`);
}
