/** `rolecall serve`: serves refreshed credentials on loopback until it is stopped. */
import { formatVariables, githubVariables } from "../../deliver/formats.ts";
import { variable } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { SERVE_FORMATS, SERVICES } from "../../domain/option_table.ts";
import type { Sourced } from "../../domain/origin.ts";
import { readRequiredFile } from "../../files/required_file.ts";
import { LOOPBACK, listenOnLoopback, listenOnSocket, type RunningServer } from "../../runtime/http_server.ts";
import { waitForStopSignal } from "../../runtime/process/stop_signal.ts";
import { refreshWarnings } from "../../serve/refresh_warnings.ts";
import { clientVariables, requestHandler, type Service } from "../../serve/service.ts";
import { newToken } from "../../serve/token.ts";
import { resourceName } from "../../text/arn.ts";
import { systemErrorCode, systemErrorMessage } from "../../text/system_error.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { formatOption } from "../args/format_option.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";
import { githubEnvironmentFile, writeGithubOutput } from "../github_output.ts";
import { refreshInProcess } from "../refresh_in_process.ts";

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
  const port = parsePort(options.text("port"));
  const token = readToken(service, options.text("token-file"), context);
  const socket = options.text("socket");

  const found = await findCredentials(options, context, { region: service === "imds" });
  const { credentials, plan, region } = found;
  for (const warning of refreshWarnings(plan, credentials)) effects.warn(warning);
  const refresher = refreshInProcess(found, options, context);
  const roleName = resourceName(plan.roles.at(-1)?.roleArn.value ?? "rolecall");
  const handler = requestHandler(service, { token, roleName, region, now: effects.now, served: refresher.now });
  const stopped = waitForStopSignal();
  const servers: RunningServer[] = [];
  try {
    const server = await listening(
      `port ${port?.value ?? 0} of ${LOOPBACK}`,
      port,
      listenOnLoopback(port?.value ?? 0, handler),
    );
    servers.push(server);
    if (socket !== undefined)
      servers.push(await listening(socket.value, socket, listenOnSocket(socket.value, handler)));
    const variables = clientVariables(service, `http://${LOOPBACK}:${server.port}`, token);
    if (format === "github") writeGithubOutput(githubVariables(variables, [token]), githubFile ?? "", context);
    else context.print(formatVariables(format, variables));
    await notifyServiceManager("READY=1", context);
    effects.trace(`received ${await stopped}, stopping`);
    await notifyServiceManager("STOPPING=1", context);
    return 0;
  } finally {
    refresher.stop();
    for (const server of servers) server.close();
  }
}

function parseService(given: Sourced<string> | undefined): Service {
  if (given === undefined) return "ecs";
  const service = SERVICES.find((known) => known === given.value);
  if (service !== undefined) return service;
  throw invalidValue("service", given, [`use ${SERVICES.join(" or ")}`]);
}

function parsePort(given: Sourced<string> | undefined): Sourced<number> | undefined {
  if (given === undefined) return undefined;
  const port = Number(given.value);
  if (/^\d{1,5}$/.test(given.value) && port <= 65_535) return { value: port, from: given.from };
  throw invalidValue("port", given, ["use a number from 1 to 65535, or 0 for any free port"]);
}

/** The length of 16 random bytes in hexadecimal. */
const MIN_TOKEN_LENGTH = 32;

/**
 * The token from `--token-file`, or a new one.
 *
 * @throws RolecallError `invalid-option` if the file cannot be read or its content is not a valid token.
 */
function readToken(service: Service, file: Sourced<string> | undefined, { effects }: Context): string {
  if (file === undefined) return newToken();
  if (service === "imds") {
    throw new RolecallError("option-conflict", "--token-file works only with --as ecs", {
      at: file.from,
      help: ["leave out --token-file: clients of the EC2 metadata service request a token themselves"],
    });
  }
  const invalid = (why: string, help: readonly string[] = []) =>
    new RolecallError("invalid-option", `the token file ${file.value} ${why}`, { at: file.from, help });
  const token = readRequiredFile(file.value, effects.readFile, (why) => invalid(why));
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
