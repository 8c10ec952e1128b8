/** Makes the cases: what is mutated, and the command line that reads it. */
import { OPTIONS, optionVariable } from "../../src/domain/option_table.ts";
import { type Dice, diceOfCase } from "./dice.ts";
import { mutate } from "./mutate.ts";
import { oddText } from "./odd_values.ts";
import {
  COMMAND_LINES,
  CONFIG_FILE,
  CREDENTIALS_FILE,
  FILES,
  LEGACY_TOKEN_FILE,
  LOGIN_TOKEN_FILE,
  RESPONSES,
  type ResponseName,
  ROLE_ENTRY_FILE,
  SETTINGS_FILE,
  SSO_ENTRY_FILE,
  SSO_TOKEN_FILE,
} from "./samples.ts";

export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A run of rolecall. Its texts contain the placeholders that `place.ts` fills in. */
export interface FuzzCase {
  readonly index: number;
  /** What is mutated. */
  readonly target: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** By path below the home. */
  readonly files: Readonly<Record<string, string>>;
  readonly responses: Readonly<Record<ResponseName, Response>>;
}

interface Target {
  /** The files that are mutated. */
  readonly files?: readonly string[];
  /** One of these responses is mutated. */
  readonly responses?: readonly ResponseName[];
  /** Files that must not exist, so that rolecall runs the code under test. */
  readonly without?: readonly string[];
  readonly commandLines: readonly [readonly string[], ...(readonly string[])[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the tokens have expired, so that they are refreshed. */
  readonly expiredTokens?: boolean;
}

const CACHED = [ROLE_ENTRY_FILE, SSO_ENTRY_FILE];
const exports = (profile: string): readonly string[] => ["export", "--profile", profile, "--verbose"];
const inspections: readonly (readonly string[])[] = [
  ["check"],
  ["check", "--json"],
  ["check", "--fix"],
  ["profiles", "--json"],
  ["explain", "--json", "--profile", "long"],
  ["explain", "--profile", "login"],
  ["probe"],
];

/** Each kind of input from outside. */
const TARGETS = entriesOf({
  config: {
    files: [CONFIG_FILE],
    commandLines: [
      exports("default"),
      ...["deploy", "long", "instance", "process", "sso", "login"].map(exports),
      ...inspections,
    ],
  },
  credentials: { files: [CREDENTIALS_FILE], commandLines: [exports("user"), exports("default"), ...inspections] },
  settings: {
    files: [SETTINGS_FILE],
    commandLines: [
      ["check", "--json"],
      ["check"],
      ["explain", "--role", "deploy"],
      ["export", "--role", "deploy"],
      ["probe"],
    ],
  },
  cache: {
    files: CACHED,
    commandLines: [
      exports("deploy"),
      exports("sso"),
      ["cache", "list", "--json"],
      ["cache", "list"],
      ["cache", "clear"],
      ["check"],
    ],
  },
  "SSO token": {
    files: [SSO_TOKEN_FILE],
    without: CACHED,
    commandLines: [exports("sso"), ["explain", "-p", "sso"], ["check"]],
  },
  "legacy SSO token": { files: [LEGACY_TOKEN_FILE], without: CACHED, commandLines: [exports("legacy"), ["check"]] },
  "login token": { files: [LOGIN_TOKEN_FILE], commandLines: [exports("login"), ["explain", "-p", "login"], ["check"]] },
  "process output": { files: ["output"], commandLines: [exports("process"), ["exec", "-p", "process", "--", "true"]] },
  "token and code": { files: ["token", "code"], without: CACHED, commandLines: [exports("pod"), exports("long")] },
  IMDS: {
    responses: ["imdsToken", "imdsRole", "imdsCredentials", "imdsRegion"],
    without: [CONFIG_FILE, CREDENTIALS_FILE, ...CACHED],
    commandLines: [["export"], ["probe", "--json"], ["probe"], ["whoami"], ["exec", "true"]],
  },
  container: {
    responses: ["container"],
    without: [CONFIG_FILE, CREDENTIALS_FILE, ...CACHED],
    commandLines: [["export"], ["probe", "--json"], ["probe"], ["whoami", "--json"]],
    environment: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "{url}/container" },
  },
  STS: {
    responses: ["sts", "webIdentity", "mfaSession", "identity", "stsError"],
    without: CACHED,
    commandLines: [exports("deploy"), exports("long"), exports("pod"), ["whoami", "--json"], ["probe", "--sts"]],
  },
  portal: { responses: ["portal"], without: CACHED, commandLines: [exports("sso"), exports("legacy")] },
  OIDC: { responses: ["oidc"], without: CACHED, commandLines: [exports("sso")], expiredTokens: true },
  "sign-in": {
    responses: ["registration", "device", "oidc"],
    commandLines: [
      ["login", "--sso-session", "corp", "--use-device-code"],
      ["login", "--profile", "legacy"],
    ],
  },
  "sign-out": {
    files: [SSO_TOKEN_FILE, LOGIN_TOKEN_FILE, CONFIG_FILE],
    commandLines: [
      ["logout", "--profile", "sso"],
      ["logout", "--profile", "login"],
      ["logout", "--all"],
    ],
  },
  login: { responses: ["login"], commandLines: [exports("login")], expiredTokens: true },
  federation: { responses: ["federation"], commandLines: [["console", "--profile", "deploy"]] },
  "command line": { commandLines: COMMAND_LINES },
});

type NamedTarget = readonly [name: string, target: Target];

function entriesOf(targets: Readonly<Record<string, Target>>): readonly [NamedTarget, ...NamedTarget[]] {
  const [first, ...others] = Object.entries(targets);
  if (first === undefined) throw new Error("there are no targets");
  return [first, ...others];
}

/** The statuses that are not retried, so that a case is quick, and some that are. */
const STATUSES = [200, 200, 200, 204, 206, 301, 307, 400, 401, 403, 404, 405, 413, 429, 500, 503] as const;

/** One case in twenty runs the built program; the others run in a process of their own, which is faster. */
export function runsProgram(index: number): boolean {
  return index % 20 === 19;
}

/** Makes a case. The same seed and index make the same case. */
export function makeCase(seed: number, index: number): FuzzCase {
  const dice = diceOfCase(seed, index);
  const [name, target] = dice.pick(TARGETS);
  const valid = validCase(index, name, target, dice.pick(target.commandLines));
  const { files: all, responses: some } = target;
  const isCommandLine = all === undefined && some === undefined;
  return {
    ...valid,
    argv: isCommandLine ? mutateArguments(valid.argv, dice) : valid.argv,
    environment: { ...valid.environment, ...(isCommandLine ? oddVariables(dice) : {}) },
    files: { ...valid.files, ...mutatedFiles(valid.files, all ?? [], dice) },
    responses: { ...valid.responses, ...mutatedResponses(dice.pickAny(some ?? []), dice) },
  };
}

/** The cases without mutations. They show that the mutated ones reach the code under test. */
export function validCases(): FuzzCase[] {
  return TARGETS.flatMap(([name, target]) =>
    target.commandLines.map((commandLine, index) => validCase(index, name, target, commandLine)),
  );
}

function validCase(index: number, name: string, target: Target, argv: readonly string[]): FuzzCase {
  const { without = [], environment = {}, expiredTokens } = target;
  const tokenEnd = expiredTokens === true ? "2020-01-02T03:04:05" : "{soon}";
  const files = Object.entries(FILES)
    .filter(([path]) => !without.includes(path))
    .map(([path, { text }]) => [path, text.replaceAll("{tokenEnd}", tokenEnd)]);
  const responses = Object.keys(RESPONSES).map((response) => [response, validResponse(response as ResponseName)]);
  return {
    index,
    target: name,
    argv,
    environment,
    files: Object.fromEntries(files),
    responses: Object.fromEntries(responses),
  };
}

/** Mutates the files, at least the last one. */
function mutatedFiles(files: FuzzCase["files"], paths: readonly string[], dice: Dice): FuzzCase["files"] {
  const chosen = paths.filter((path) => path === paths.at(-1) || dice.chance(0.5));
  return Object.fromEntries(
    chosen.map((path) => [path, mutate(files[path] ?? "", FILES[path]?.format ?? "text", dice)]),
  );
}

function mutatedResponses(name: ResponseName | undefined, dice: Dice): Partial<FuzzCase["responses"]> {
  if (name === undefined) return {};
  const response = mutatedResponse(name, dice);
  // If the error is mutated, it is the response to every call of STS.
  return name === "stsError" ? { sts: response, webIdentity: response, identity: response } : { [name]: response };
}

function validResponse(name: ResponseName): Response {
  const { text, format } = RESPONSES[name];
  const type = { json: "application/json", xml: "text/xml", text: "text/plain" }[format];
  return { status: name === "stsError" ? 403 : 200, headers: { "content-type": type }, body: text };
}

function mutatedResponse(name: ResponseName, dice: Dice): Response {
  const { status, headers, body } = validResponse(name);
  const oddHeader = dice.pick(["content-type", "date", "location", "retry-after", "server"]);
  return {
    status: dice.chance(0.3) ? dice.pick(STATUSES) : status,
    headers: dice.chance(0.2) ? { ...headers, [oddHeader]: headerText(dice) } : headers,
    body: mutate(body, RESPONSES[name].format, dice),
  };
}

/** Without the characters that a header cannot have. */
function headerText(dice: Dice): string {
  return oddText(dice)
    .replace(/[^\t\x20-\x7e]/g, "")
    .slice(0, 1000);
}

function mutateArguments(argv: readonly string[], dice: Dice): string[] {
  const mutated = [...argv];
  for (let count = 1 + dice.below(3); count > 0; count--) {
    const at = dice.below(mutated.length + 1);
    const argument = mutated[at] ?? "";
    switch (dice.below(8)) {
      case 0:
        mutated.splice(at, 1);
        break;
      case 1:
        mutated.splice(at, 0, dice.pickAny(mutated) ?? "");
        break;
      case 2:
        mutated.splice(at, 1, argument.slice(0, dice.below(argument.length + 1)));
        break;
      case 3:
        mutated.splice(at, 0, argumentText(dice));
        break;
      case 4:
        mutated.splice(at, 1, `${argument}=${argumentText(dice)}`);
        break;
      default: {
        const option = `--${dice.pickAny(OPTIONS)?.name}`;
        mutated.splice(at, 0, ...(dice.chance(0.5) ? [option] : [option, argumentText(dice)]));
      }
    }
  }
  // A server does not end.
  return mutated[0] === "serve" ? ["export"] : mutated;
}

function oddVariables(dice: Dice): Record<string, string> {
  const names = [
    ...OPTIONS.map(optionVariable),
    ...[
      "AWS_PROFILE",
      "AWS_REGION",
      "AWS_CA_BUNDLE",
      "AWS_ROLE_SESSION_NAME",
      "AWS_ACCESS_KEY_ID",
      "AWS_CREDENTIAL_EXPIRATION",
    ],
    ...[
      "AWS_MAX_ATTEMPTS",
      "AWS_ENDPOINT_URL",
      "AWS_CONFIG_FILE",
      "TERM",
      "ROLECALL_ACTIVE",
      "ROLECALL_ROLE_ARM",
      ...["AWS_DEFAULT_REGION", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_SECRET_ACCESS_KEY"],
      ...["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_METADATA_SERVICE_TIMEOUT"],
      ...["AWS_EC2_METADATA_DISABLED", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_USE_FIPS_ENDPOINT", "XDG_CONFIG_HOME"],
    ],
  ];
  return Object.fromEntries(
    Array.from({ length: dice.below(3) }, () => [dice.pickAny(names) ?? "", argumentText(dice)]),
  );
}

/** Without NUL, and not longer than the system allows (128 KiB). */
function argumentText(dice: Dice): string {
  const text = dice.chance(0.3) ? (dice.pickAny(dice.pick(COMMAND_LINES)) ?? "") : oddText(dice);
  return text.replaceAll("\0", "").slice(0, 30_000);
}
