/** `rolecall serve`: credentials that never end, for whoever asks on loopback. */
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

/** @returns the exit code 0, once it is stopped by SIGINT or SIGTERM. */
export async function serve(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("serve", positionals);
  const { effects } = context;
  // Wrong options are found before anything is asked.
  const format = formatOption(options.text("format"), SERVE_FORMATS, "env");
  const githubFile = format === "github" ? githubEnvironmentFile(context) : undefined;
  const service = chosenService(options.text("as"));
  const port = chosenPort(options.text("port"));
  const token = chosenToken(service, options.text("token-file"), context);
  const socket = options.text("socket");

  const found = await findCredentials(options, context, { region: true });
  const { credentials, plan, region } = found;
  for (const warning of refreshWarnings(plan, credentials)) effects.warn(warning);
  const fresh = refreshInProcess(found, options, context);
  const roleName = resourceName(plan.roles.at(-1)?.roleArn.value ?? "rolecall");
  const answer = requestHandler(service, { token, roleName, region, now: effects.now, served: fresh.now });
  const stopped = waitForStopSignal();
  const servers: RunningServer[] = [];
  try {
    const server = await listening(
      `port ${port?.value ?? 0} of ${LOOPBACK}`,
      port,
      listenOnLoopback(port?.value ?? 0, answer),
    );
    servers.push(server);
    if (socket !== undefined) servers.push(await listening(socket.value, socket, listenOnSocket(socket.value, answer)));
    const variables = clientVariables(service, `http://${LOOPBACK}:${server.port}`, token);
    if (format === "github") writeGithubOutput(githubVariables(variables, [token]), githubFile ?? "", context);
    else context.print(formatVariables(format, variables));
    await notifyServiceManager("READY=1", context);
    effects.trace(`${await stopped}: stopping`);
    await notifyServiceManager("STOPPING=1", context);
    return 0;
  } finally {
    fresh.stop();
    for (const server of servers) server.close();
  }
}

function chosenService(given: Sourced<string> | undefined): Service {
  if (given === undefined) return "ecs";
  const service = SERVICES.find((known) => known === given.value);
  if (service !== undefined) return service;
  throw invalidValue("service", given, [`use ${SERVICES.join(" or ")}`]);
}

function chosenPort(given: Sourced<string> | undefined): Sourced<number> | undefined {
  if (given === undefined) return undefined;
  const port = Number(given.value);
  if (/^\d{1,5}$/.test(given.value) && port <= 65_535) return { value: port, from: given.from };
  throw invalidValue("port", given, ["use a number from 1 to 65535, or 0 for any free port"]);
}

/** As many characters as 16 random bytes have, written in hexadecimal. */
const SHORTEST_TOKEN = 32;

/** @throws RolecallError `invalid-option` for a file that cannot be read, or whose content cannot be a token. */
function chosenToken(service: Service, file: Sourced<string> | undefined, { effects }: Context): string {
  if (file === undefined) return newToken();
  if (service === "imds") {
    throw new RolecallError("option-conflict", "--token-file is for --as ecs", {
      at: file.from,
      help: ["clients of the EC2 metadata fetch a token themselves"],
    });
  }
  const invalid = (why: string, help: readonly string[] = []) =>
    new RolecallError("invalid-option", `the token file ${file.value} ${why}`, { at: file.from, help });
  const token = readRequiredFile(file.value, effects.readFile, (why) => invalid(why));
  if (/\r?\n$/.test(token)) {
    throw invalid("ends with a line break, which no header can have", ["write it with printf %s, not with echo"]);
  }
  if (!/^[A-Za-z0-9+/=_.~-]+$/.test(token)) {
    throw invalid("has a character that is no letter, digit or one of +/=_.~-");
  }
  if (token.length < SHORTEST_TOKEN) {
    throw invalid(`is too short: ${token.length} characters`, [
      `it takes ${SHORTEST_TOKEN} at least: openssl rand -hex 32`,
    ]);
  }
  return token;
}

async function listening(
  where: string,
  option: Sourced<unknown> | undefined,
  starting: Promise<RunningServer>,
): Promise<RunningServer> {
  try {
    return await starting;
  } catch (error) {
    const why = REASONS[systemErrorCode(error) ?? ""] ?? systemErrorMessage(error);
    throw new RolecallError("server-failed", `cannot listen on ${where}: ${why}`, {
      at: option?.from,
      cause: error,
    });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program does",
  EACCES: "this user may not",
  EEXIST: "there is a file of that name that is no socket",
  ENOENT: "there is no such folder",
  ENAMETOOLONG: "the name of a socket has 107 bytes at most",
};

async function notifyServiceManager(state: "READY=1" | "STOPPING=1", context: Context): Promise<void> {
  const socket = variable(context.effects.environment, "NOTIFY_SOCKET");
  if (socket !== undefined) (await context.runtime()).notifyServiceManager(socket, state);
}
