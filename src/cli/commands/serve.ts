/** `rolecall serve`: serves refreshed credentials on loopback until it is stopped. */
import { resolve as resolvePath } from "node:path";
import { formatVariables, githubVariables, isSafeValue } from "../../deliver/formats.ts";
import { variable } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { SERVE_FORMATS, SERVICES } from "../../domain/option_table.ts";
import type { Sourced } from "../../domain/origin.ts";
import { readRequiredFile } from "../../files/required_file.ts";
import { LOOPBACK, listenOnLoopback, listenOnSocket, type RunningServer } from "../../runtime/http_server.ts";
import { waitForStopSignal } from "../../runtime/process/stop_signal.ts";
import { afterChanges } from "../../serve/after_changes.ts";
import { keyWarnings, proxyWarnings } from "../../serve/client_warnings.ts";
import { needsMfaCode, refreshWarnings } from "../../serve/refresh_warnings.ts";
import type { Refresher } from "../../serve/refresher.ts";
import { refusalLog } from "../../serve/refusal_log.ts";
import { type ClientToken, clientVariables, handleRequest, type Service } from "../../serve/service.ts";
import { newToken } from "../../serve/token.ts";
import { resourceName } from "../../text/arn.ts";
import { systemErrorCode, systemErrorMessage } from "../../text/system_error.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { formatOption } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import { portOption } from "../args/port_option.ts";
import type { Context } from "../context.ts";
import { type FoundCredentials, resolvePlan } from "../find_credentials.ts";
import { githubEnvironmentFile, writeGithubOutput } from "../github_output.ts";
import { type PreparedPlan, preparePlan } from "../prepare_plan.ts";
import { type FailedStart, refreshInProcess } from "../refresh_in_process.ts";

/** @returns the exit code 0, after SIGINT or SIGTERM. */
export async function serve(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("serve", positionals);
  const { effects } = context;
  // Options are validated before any prompt.
  const format = formatOption(options.text("format"), SERVE_FORMATS, "env");
  const githubFile = format === "github" ? githubEnvironmentFile(context) : undefined;
  const service = parseService(options.text("as"));
  const port = portOption(options.text("port"), 0);
  const token = chooseToken(service, options.text("token-file"), context);
  const socket = options.text("socket");

  const prepared = await preparePlan(options, context);
  const { plan } = prepared;
  let region = plan.region?.value;
  let refresher: Refresher | undefined;
  const state = {
    get token() {
      return token.current();
    },
    roleName: resourceName(plan.roles.at(-1)?.roleArn.value ?? "rolecall"),
    get region() {
      return region;
    },
    now: effects.now,
    served: () => refresher?.now() ?? STARTING,
  };
  const handler = afterChanges({ readChanges: () => refresher?.readChanges() }, (request) =>
    handleRequest(service, request, state),
  );
  const logRefusal = refusalLog(effects.warn, effects.now);
  const useFirst = (found: FoundCredentials): void => {
    region = found.region;
    const warnings = [...refreshWarnings(found.plan, found.credentials), ...keyWarnings(service, found.credentials)];
    for (const warning of warnings) effects.warn(warning);
  };
  const servers: RunningServer[] = [];
  try {
    // Before the first credentials are requested, so that a health check gets a response while they are pending.
    const server = await listening(
      `port ${port?.value ?? 0} of ${LOOPBACK}`,
      port,
      listenOnLoopback(port?.value ?? 0, handler, logRefusal),
    );
    servers.push(server);
    const wantsRegion = service === "imds";
    // The handler is needed already now: the kernel does not end process 1 by a signal that it does not handle.
    const start = await Promise.race([
      waitForStopSignal(["SIGTERM"]),
      firstCredentials(prepared, context, wantsRegion),
    ]);
    if (typeof start === "string") return 0;
    if (!("error" in start)) useFirst(start);
    refresher = refreshInProcess(start, options, context, { wantsRegion, onFirst: useFirst });
    const stopped = waitForStopSignal(["SIGINT", "SIGTERM"]);
    if (socket !== undefined)
      servers.push(await listening(socket.value, socket, listenOnSocket(socket.value, handler, logRefusal)));
    const url = `http://${LOOPBACK}:${server.port}`;
    for (const warning of proxyWarnings(service, url, effects.environment)) effects.warn(warning);
    const variables = clientVariables(service, url, token.forClients);
    if (format === "github") {
      // Neither the token in a file nor a mask that contains it is printed: the output may go to a log.
      const masked = service === "imds" ? undefined : token.forClients.value;
      await writeGithubOutput(
        githubVariables(variables, masked === undefined ? [] : [masked]),
        githubFile ?? "",
        context,
      );
    } else context.print(formatVariables(format, variables));
    const ready = refresher.first.then(() => notifyServiceManager("READY=1", context));
    effects.trace(`received ${await Promise.race([stopped, ready.then(() => stopped)])}, stopping`);
    await notifyServiceManager("STOPPING=1", context);
    return 0;
  } finally {
    refresher?.stop();
    for (const server of servers) server.close();
  }
}

/** What is served before the first attempt to get credentials has ended. */
const STARTING = { code: "no-credentials", message: "the first credentials are being requested" };

/**
 * Carries the plan out. If STS or another service cannot be reached, as at boot, the server starts without credentials.
 *
 * @throws RolecallError if another attempt would not help, or needs another MFA code from a person.
 */
async function firstCredentials(
  prepared: PreparedPlan,
  context: Context,
  wantsRegion: boolean,
): Promise<FoundCredentials | FailedStart> {
  try {
    return await resolvePlan(prepared, context, { region: wantsRegion, isServer: true });
  } catch (error) {
    if (!(error instanceof RolecallError && error.isTemporary) || needsMfaCode(prepared.plan)) throw error;
    return { error, picked: prepared.picked, plan: prepared.plan };
  }
}

function parseService(given: Sourced<string> | undefined): Service {
  if (given === undefined) return "ecs";
  const service = SERVICES.find((known) => known === given.value);
  if (service !== undefined) return service;
  throw invalidValue("service", given, [`use ${SERVICES.join(" or ")}`]);
}

/** The length of 16 random bytes in hexadecimal. */
const MIN_TOKEN_LENGTH = 32;

interface ServerToken {
  /** The token that requests must have now. */
  current(): string;
  readonly forClients: ClientToken;
}

/**
 * The token from `--token-file`, or a new one.
 *
 * @throws RolecallError `invalid-option` if the file cannot be read or its content is not a valid token, `unsafe-value`
 *   if the output cannot carry its path.
 */
function chooseToken(service: Service, file: Sourced<string> | undefined, { effects }: Context): ServerToken {
  if (file === undefined) {
    const token = newToken();
    return { current: () => token, forClients: { value: token } };
  }
  if (service === "imds") {
    throw new RolecallError("option-conflict", "--token-file works only with --as ecs", {
      at: file.from,
      help: ["leave out --token-file: clients of the EC2 metadata service request a token themselves"],
    });
  }
  let token = readToken(file, effects.readFile);
  const path = resolvePath(file.value);
  if (!isSafeValue(path)) {
    const message = `the path of the token file has a character that the output cannot carry safely: ${path}`;
    throw new RolecallError("unsafe-value", message, {
      at: file.from,
      help: ["use a path of letters, digits and the characters +/=_.:@,- such as /run/rolecall/token"],
    });
  }
  return {
    // Clients read the file for each request, so the token in it can be replaced at any time.
    current() {
      try {
        token = readToken(file, effects.readFile);
      } catch (error) {
        if (!(error instanceof RolecallError)) throw error;
        effects.trace(`${error.message}; the last token stays valid`);
      }
      return token;
    },
    forClients: { file: path },
  };
}

/** @throws RolecallError `invalid-option` if the file cannot be read or its content is not a valid token. */
function readToken(file: Sourced<string>, readFile: Context["effects"]["readFile"]): string {
  const invalid = (why: string, help: readonly string[] = []) =>
    new RolecallError("invalid-option", `the token file ${file.value} ${why}`, { at: file.from, help });
  const token = readRequiredFile(file.value, readFile, (why) => invalid(why));
  if (/\r?\n$/.test(token)) {
    throw invalid("ends with a line break, which a header cannot contain", [
      "write the file with printf %s instead of echo",
    ]);
  }
  if (!/^[A-Za-z0-9+/=_.~-]+$/.test(token)) {
    throw invalid("contains a character other than letters, digits and +/=_.~-");
  }
  if (token.length < MIN_TOKEN_LENGTH) {
    throw invalid(`is too short: ${token.length} characters`, [
      `use at least ${MIN_TOKEN_LENGTH} characters, such as the output of openssl rand -hex 32`,
    ]);
  }
  return token;
}

/**
 * Waits until a server listens.
 *
 * @throws RolecallError `server-failed`.
 */
async function listening(
  address: string,
  option: Sourced<unknown> | undefined,
  starting: Promise<RunningServer>,
): Promise<RunningServer> {
  try {
    return await starting;
  } catch (error) {
    const reason = SOCKET_ERRORS[systemErrorCode(error) ?? ""] ?? systemErrorMessage(error);
    throw new RolecallError("server-failed", `cannot listen on ${address}: ${reason}`, {
      at: option?.from,
      cause: error,
    });
  }
}

const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  EEXIST: "a file with this name exists and is not a socket",
  // sizeof(sun_path) is 108, with the final zero byte: unix(7).
  ENAMETOOLONG: "the path of a socket can have at most 107 bytes",
};

async function notifyServiceManager(state: "READY=1" | "STOPPING=1", context: Context): Promise<void> {
  const socket = variable(context.effects.environment, "NOTIFY_SOCKET");
  if (socket !== undefined) (await context.runtime()).notifyServiceManager(socket, state);
}
