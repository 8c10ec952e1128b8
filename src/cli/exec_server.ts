/** `exec --serve`: starts a server of refreshed credentials that ends when the command ends. */
import { join, resolve } from "node:path";
import { activeVariables, choosesCredentials, oldFileVariables, regionVariables } from "../deliver/exec_environment.ts";
import { withoutDefaultCredentials } from "../deliver/shadow_files.ts";
import type { Effects, LockedFile } from "../domain/effects.ts";
import { type EnvironmentChange, variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { isWritable } from "../files/update_file.ts";
import { type HttpServerRequest, LOOPBACK, listenOnLoopback } from "../runtime/http_server.ts";
import { lockFolder, makeReadOnly, removePrivateFolder } from "../runtime/private_folder.ts";
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
import { type FileCopy, folderContent, watchCopies } from "./file_copies.ts";
import type { FoundCredentials } from "./find_credentials.ts";
import { HELPER_ARGUMENTS, type HelperMessage, type HelperReply } from "./helper_protocol.ts";
import { keyFiles, refreshInProcess } from "./refresh_in_process.ts";

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
  const files = await makeFiles(found, token, context);
  const { port, stop } = await (runtime.replacesProcess
    ? startHelper(found, options, token, files)
    : startInProcess(found, options, token, files, context)
  ).catch((error) => {
    if (files.folder !== undefined) removePrivateFolder(files.folder);
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

interface ServerFiles {
  /** A private folder with the token and the copies of the AWS files. Undefined if there is no place for it. */
  readonly folder: string | undefined;
  /** The lock that shows that the folder is in use. */
  readonly lock: LockedFile | undefined;
  readonly tokenFile: string | undefined;
  /** The variables with which SDKs find the files, or their copies. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

const TOKEN_FILE = "token";

/**
 * Writes the token to a file, for SDKs that read it only from there, and copies the AWS files whose `default` profile would
 * override the server, without the keys that would.
 *
 * @throws RolecallError `write-failed` if there is no place for the copies. The token alone is not worth an error.
 */
async function makeFiles({ config }: FoundCredentials, token: string, context: Context): Promise<ServerFiles> {
  const { effects } = context;
  const { texts, movedDefault, alsoEmpty, needsConfig } = copiesFor(config, context);
  const paths = { config: config.configFile, credentials: config.credentialsFile };
  const copies = [...texts, ...alsoEmpty].map(([kind, text]): FileCopy => {
    const original = resolve(paths[kind]);
    return { kind, text, original, isWritable: isWritable(original, effects.home) };
  });
  let folder: string;
  try {
    const content = copies.length === 0 ? [] : folderContent(copies, movedDefault, effects.home);
    folder = await context.makePrivateFolder("the copies of the AWS files", new Map([[TOKEN_FILE, token], ...content]));
  } catch (error) {
    if (texts.size > 0) throw error;
    effects.trace(`no ${TOKEN_FILE} file: ${systemErrorMessage(error)}`);
    const variables = oldFileVariables(config.credentialsFile, needsConfig && alsoEmpty.length === 0);
    return { folder: undefined, lock: undefined, tokenFile: undefined, variables };
  }
  const lock = lockFolder(folder, (await context.runtime()).tryLock);
  const readOnly = copies.filter((copy) => !copy.isWritable);
  const protectedCopies =
    readOnly.length === 0
      ? undefined
      : makeReadOnly(
          folder,
          readOnly.map(({ kind }) => kind),
        );
  if (protectedCopies?.isEffective === false) {
    for (const { original } of readOnly) {
      effects.warn(
        `${original} cannot be written: changes that the command makes to its copy of the file will be lost`,
      );
    }
  }
  const pathOf = ({ kind, isWritable: isOwn }: FileCopy) =>
    join(isOwn ? folder : (protectedCopies?.folder ?? folder), kind);
  const credentialsCopy = copies.find(({ kind }) => kind === "credentials");
  return {
    folder,
    lock,
    tokenFile: join(folder, TOKEN_FILE),
    variables: [
      ...copies.map((copy) => [FILE_VARIABLES[copy.kind], pathOf(copy)] as const),
      ...oldFileVariables(
        credentialsCopy === undefined ? config.credentialsFile : pathOf(credentialsCopy),
        needsConfig,
      ),
    ],
  };
}

const FILE_VARIABLES = { config: "AWS_CONFIG_FILE", credentials: "AWS_SHARED_CREDENTIALS_FILE" } as const;

/** Returns the texts of the copies that COMMAND needs. */
function copiesFor({ configFile, credentialsFile }: FoundCredentials["config"], context: Context) {
  const file = (path: string, kind: FileCopy["kind"]) => {
    const text = context.texts.get(path);
    return text === undefined ? [] : [{ path, text, kind }];
  };
  const { texts, movedDefault } = withoutDefaultCredentials([
    ...file(configFile, "config"),
    ...file(credentialsFile, "credentials"),
  ]);
  // Whether the SDKs for JavaScript v2 and Go v1 would look at other files than the ones that count.
  const needsConfig = texts.size > 0 || variable(context.effects.environment, FILE_VARIABLES.credentials) !== undefined;
  // With AWS_SDK_LOAD_CONFIG, the SDK for JavaScript v2 fails if there is no config file.
  const isConfigMissing = needsConfig && context.texts.get(configFile) === undefined;
  return { texts, movedDefault, needsConfig, alsoEmpty: isConfigMissing ? ([["config", ""]] as const) : [] };
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
  { folder }: ServerFiles,
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
      if (folder !== undefined && problems.length === 0) removePrivateFolder(folder);
    },
  };
}
