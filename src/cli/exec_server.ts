/** `exec --serve`: a server of fresh credentials for one command, which goes when the command does. */
import { choosesCredentials, regionVariables } from "../deliver/exec_environment.ts";
import { withoutDefaultCredentials } from "../deliver/shadow_files.ts";
import type { LockedFile } from "../domain/effects.ts";
import type { EnvironmentChange } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { LOOPBACK, listenOnLoopback } from "../runtime/http_server.ts";
import { lockFolder } from "../runtime/private_folder.ts";
import { startDaemon } from "../runtime/process/daemon.ts";
import { identify } from "../runtime/process/process_watch.ts";
import type { Runtime } from "../runtime/process/runtime.ts";
import { handleEcsRequest } from "../serve/ecs.ts";
import { refreshWarnings } from "../serve/refresh_warnings.ts";
import { clientVariables } from "../serve/service.ts";
import { newToken } from "../serve/token.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { type CommandOptions, credentialArguments } from "./args/options.ts";
import type { Context } from "./context.ts";
import type { FoundCredentials } from "./find_credentials.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { refreshInProcess } from "./refresh_in_process.ts";

export interface ExecServer {
  readonly environment: EnvironmentChange;
  /** For a command that is a child: ends the server. */
  stop(): void;
}

/**
 * Starts the server: in a helper process where the command takes this one over, else here.
 *
 * @throws RolecallError `server-failed`.
 */
export async function startExecServer(
  options: CommandOptions,
  found: FoundCredentials,
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
    : startHere(found, options, token, context)
  ).catch((error) => {
    removeFiles();
    throw error;
  });
  return {
    environment: {
      removes: choosesCredentials,
      sets: new Map([
        ...clientVariables("ecs", `http://${LOOPBACK}:${port}`, token),
        ...regionVariables(region),
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
  /** Where they are; undefined where there are none. */
  readonly folder: string | undefined;
  /** Tells others that the folder is in use. */
  readonly lock: LockedFile | undefined;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** Copies of the AWS files whose `default` profile would win over the server, without what would. */
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

interface Started {
  readonly port: number;
  stop(): void;
}

/** The helper ends with this process, whatever that has become by then. */
async function startHelper(
  { credentials, picked, minTtl }: FoundCredentials,
  options: CommandOptions,
  token: string,
  { folder, lock }: ShadowFiles,
): Promise<Started> {
  const message: HelperMessage = {
    command: identify(process.pid),
    token,
    credentials: { ...credentials, expiration: credentials.expiration?.toISOString() },
    // A code is good for one call, and that has been made; what was picked is known by its name.
    options: [
      ...credentialArguments(options, ["mfa-code", "min-ttl", "no-input", "pick"]),
      ...(picked === undefined ? [] : [`--profile=${picked.value}`]),
    ],
    minTtl,
    folder,
  };
  const failed = (why: string, cause?: unknown) =>
    new RolecallError("server-failed", `the helper process of --serve ${why}`, { at: { option: "--serve" }, cause });
  let line: string;
  try {
    line = await startDaemon(
      HELPER_ARGUMENTS.detach,
      HELPER_ARGUMENTS.serve,
      JSON.stringify(message),
      lock?.descriptor,
    );
  } catch (error) {
    throw failed(`cannot be started: ${systemErrorMessage(error)}`, error);
  }
  if (line === "") throw failed("ended at once");
  const answer: HelperReply = JSON.parse(line);
  if ("failed" in answer) throw failed(`cannot serve: ${answer.failed}`);
  return { port: answer.port, stop: () => {} };
}

/** Where the command is a child, this process is there as long as the command is. */
async function startHere(
  found: FoundCredentials,
  options: CommandOptions,
  token: string,
  context: Context,
): Promise<Started> {
  // Whatever it says would appear in the middle of the command's own words.
  const silent = { ...context, effects: { ...context.effects, trace: () => {}, warn: () => {} } };
  const fresh = refreshInProcess(found, options, silent);
  const server = await listenOnLoopback(0, (request) => handleEcsRequest(request, { token, served: fresh.now }));
  return {
    port: server.port,
    stop() {
      fresh.stop();
      server.close();
    },
  };
}
