/** `exec --serve`: starts a server of refreshed credentials that ends when the command ends. */
import { activeVariables, choosesCredentials, regionVariables } from "../deliver/exec_environment.ts";
import { withoutDefaultCredentials } from "../deliver/shadow_files.ts";
import type { Effects, LockedFile } from "../domain/effects.ts";
import type { EnvironmentChange } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { type HttpServerRequest, LOOPBACK, listenOnLoopback } from "../runtime/http_server.ts";
import { lockFolder } from "../runtime/private_folder.ts";
import { startDaemon } from "../runtime/process/daemon.ts";
import { identify } from "../runtime/process/process_watch.ts";
import type { Runtime } from "../runtime/process/runtime.ts";
import { afterChanges } from "../serve/after_changes.ts";
import { handleEcsRequest } from "../serve/ecs.ts";
import { refreshWarnings } from "../serve/refresh_warnings.ts";
import { clientVariables } from "../serve/service.ts";
import { newToken } from "../serve/token.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CommandOptions, credentialArguments } from "./args/options.ts";
import type { Context } from "./context.ts";
import type { FoundCredentials } from "./find_credentials.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { keyFiles, refreshInProcess } from "./refresh_in_process.ts";

export interface ExecServer {
  /** The changes to the environment of the command. */
  readonly environment: EnvironmentChange;
  /** Stops the server, if the command runs as a child and has ended. */
  stop(): void;
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
  const files = await shadowFiles(found, context);
  const token = newToken();
  const removeFiles = () => {
    if (files.folder !== undefined) context.removeFolder(files.folder);
  };
  const { port, stop } = await (runtime.replacesProcess
    ? startHelper(found, options, token, files)
    : startInProcess(found, options, token, context)
  ).catch((error) => {
    removeFiles();
    throw error;
  });
  return {
    environment: {
      removes: choosesCredentials,
      sets: new Map([
        ...clientVariables("ecs", `http://${LOOPBACK}:${port}`, { value: token }),
        ...regionVariables(region),
        ...activeVariables(active),
        ...files.variables,
      ]),
    },
    stop() {
      stop();
      removeFiles();
    },
  };
}

interface ShadowFiles {
  /** Their folder. Undefined if no copies are needed. */
  readonly folder: string | undefined;
  /** The lock that shows that the folder is in use. */
  readonly lock: LockedFile | undefined;
  /** The variables that point the command to the copies. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** Copies the AWS files whose `default` profile would override the server, without the keys that would. */
async function shadowFiles({ config }: FoundCredentials, context: Context): Promise<ShadowFiles> {
  const files = [
    { path: config.configFile, kind: "config", variable: "AWS_CONFIG_FILE" },
    { path: config.credentialsFile, kind: "credentials", variable: "AWS_SHARED_CREDENTIALS_FILE" },
  ] as const;
  const texts = withoutDefaultCredentials(
    files.flatMap(({ path, kind }) => {
      const text = context.texts.get(path);
      return text === undefined ? [] : [{ path, text, kind }];
    }),
  );
  if (texts.size === 0) return { folder: undefined, lock: undefined, variables: [] };
  const folder = await context.makePrivateFolder(texts);
  const changed = files.filter(({ kind }) => texts.has(kind));
  const lock = lockFolder(folder, (await context.runtime()).tryLock);
  return { folder, lock, variables: changed.map(({ kind, variable }) => [variable, `${folder}/${kind}`]) };
}

interface StartedServer {
  readonly port: number;
  stop(): void;
}

/** Starts the helper process. It ends with this process, which will be the command by then. */
async function startHelper(
  { credentials, picked, minTtl, plan, config }: FoundCredentials,
  options: CommandOptions,
  token: string,
  { folder, lock }: ShadowFiles,
): Promise<StartedServer> {
  const message: HelperMessage = {
    command: identify(process.pid),
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
  return { port: reply.port, stop: () => {} };
}

/** Starts the server in this process, which waits for the command as its child. */
async function startInProcess(
  found: FoundCredentials,
  options: CommandOptions,
  token: string,
  context: Context,
): Promise<StartedServer> {
  // Diagnostics would appear in the middle of the command's output.
  const run: Effects["run"] = (argv, extra, _stderr, until) => context.effects.run(argv, extra, "captured", until);
  const silent = { ...context, effects: { ...context.effects, run, trace: () => {}, warn: () => {} } };
  const refresher = refreshInProcess(found, options, silent);
  const respond = (request: HttpServerRequest) => handleEcsRequest(request, { token, served: refresher.now });
  const server = await listenOnLoopback(0, afterChanges(refresher, respond));
  return {
    port: server.port,
    stop() {
      refresher.stop();
      server.close();
    },
  };
}
