/** `exec --serve`: starts a server of refreshed credentials that ends when the command ends. */
import { activeVariables, choosesCredentials, regionVariables } from "../deliver/exec_environment.ts";
import type { Effects } from "../domain/effects.ts";
import type { EnvironmentChange } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { type HttpServerRequest, LOOPBACK, listenOnLoopback } from "../runtime/http_server.ts";
import { removeLockedFolder } from "../runtime/private_folder.ts";
import { startDaemon } from "../runtime/process/daemon.ts";
import type { Runtime } from "../runtime/process/runtime.ts";
import { afterChanges } from "../serve/after_changes.ts";
import { handleEcsRequest } from "../serve/ecs.ts";
import { refreshWarnings } from "../serve/refresh_warnings.ts";
import { clientVariables } from "../serve/service.ts";
import { newToken } from "../serve/token.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CommandOptions, credentialArguments } from "./args/options.ts";
import type { Context } from "./context.ts";
import { watchCopies } from "./file_copies.ts";
import type { FoundCredentials } from "./find_credentials.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { keyFiles, refreshInProcess } from "./refresh_in_process.ts";
import { makeServerFiles, type ServerFiles } from "./server_files.ts";

export interface ExecServer {
  /** The changes to the environment of the command. */
  readonly environment: EnvironmentChange;
  /** Stops the server, if the command runs as a child and has ended. */
  stop(): Promise<void>;
}

/**
 * Starts the server: in a helper process if the command replaces this process, or else in this process.
 *
 * @param active as for `activeVariables`.
 * @throws RolecallError `server-failed`.
 */
export async function startExecServer(
  options: CommandOptions,
  found: FoundCredentials,
  active: string | undefined,
  runtime: Runtime,
  context: Context,
): Promise<ExecServer> {
  const { credentials, plan, region } = found;
  for (const warning of refreshWarnings(plan, credentials)) context.effects.warn(warning);
  const token = newToken();
  const files = await makeServerFiles(found.config, token, context);
  const { port, stop } = await (runtime.replacesProcess
    ? startHelper(found, options, token, files)
    : startInProcess(found, options, token, files, context)
  ).catch((error) => {
    if (files.folder !== undefined) removeLockedFolder(files.folder, files.lock);
    throw error;
  });
  return {
    environment: {
      removes: choosesCredentials,
      sets: new Map([
        ...clientVariables("ecs", `http://${LOOPBACK}:${port}`, { value: token, file: files.tokenFile }),
        ...regionVariables(region),
        ...activeVariables(active),
        ...files.variables,
      ]),
    },
    stop,
  };
}

interface StartedServer {
  readonly port: number;
  /** As in `ExecServer`. */
  stop(): Promise<void>;
}

/** Starts the helper process. It ends with this process, which will be the command by then. */
async function startHelper(
  { credentials, picked, minTtl, plan, config }: FoundCredentials,
  options: CommandOptions,
  token: string,
  { folder, lock }: ServerFiles,
): Promise<StartedServer> {
  const message: HelperMessage = {
    pid: process.pid,
    token,
    credentials: { ...credentials, expiration: credentials.expiration?.toISOString() },
    // An MFA code is valid for one call only, and the picked profile is passed by name.
    options: [
      ...credentialArguments(options, ["mfa-code", "min-ttl", "no-input", "pick"]),
      ...(picked === undefined ? [] : [`--profile=${picked.value}`]),
    ],
    minTtl,
    keyFiles: keyFiles(plan, config),
    folder,
  };
  const failed = (text: string, cause?: unknown) =>
    new RolecallError("server-failed", text, { at: { option: "--serve" }, cause });
  let line: string;
  try {
    line = await startDaemon(
      HELPER_ARGUMENTS.detach,
      HELPER_ARGUMENTS.serve,
      JSON.stringify(message),
      lock?.descriptor,
    );
  } catch (error) {
    throw failed(`cannot start the helper process of --serve: ${systemErrorMessage(error)}`, error);
  }
  if (line === "") throw failed("the helper process of --serve exited without a reply");
  const reply: HelperReply = JSON.parse(line);
  if ("failed" in reply) throw failed(`the helper process of --serve cannot listen: ${reply.failed}`);
  return { port: reply.port, stop: async () => {} };
}

/** How often copies of the AWS files are checked for edits. */
const POLL_MS = 400;

/** Starts the server in this process, which waits for the command as its child. */
async function startInProcess(
  found: FoundCredentials,
  options: CommandOptions,
  token: string,
  { folder, lock }: ServerFiles,
  context: Context,
): Promise<StartedServer> {
  // Diagnostics would appear in the middle of the command's output.
  const run: Effects["run"] = (argv, extra, _stderr, until) => context.effects.run(argv, extra, "captured", until);
  const silent = { ...context, effects: { ...context.effects, run, trace: () => {}, warn: () => {} } };
  const refresher = refreshInProcess(found, options, silent);
  const respond = (request: HttpServerRequest) => handleEcsRequest(request, { token, served: refresher.now });
  const server = await listenOnLoopback(0, afterChanges(refresher, respond));
  const copies = folder === undefined ? undefined : watchCopies(folder);
  const polling = setInterval(() => void copies?.poll(), POLL_MS);
  return {
    port: server.port,
    async stop() {
      refresher.stop();
      server.close();
      clearInterval(polling);
      const problems = (await copies?.finish()) ?? [];
      for (const problem of problems) context.effects.warn(problem);
      if (folder !== undefined && problems.length === 0) removeLockedFolder(folder, lock);
    },
  };
}
