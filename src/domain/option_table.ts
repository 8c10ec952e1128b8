/**
 * The commands and options. The command-line parser, the `ROLECALL_…` variables, the help, the man page and the shell
 * completion all read these tables, so that they cannot disagree.
 */

/** The first argument of `cache`. */
export const CACHE_SUBCOMMANDS = ["list", "clear"] as const;
/** The first argument of `profiles`, which may be missing. */
const PROFILES_SUBCOMMANDS = ["add"] as const;
/** The argument of `completion`. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

export const COMMANDS = [
  {
    name: "exec",
    usage: "exec [--] COMMAND [ARG…]",
    help: "run COMMAND with the credentials; the process becomes COMMAND",
  },
  { name: "export", usage: "export", help: "print the credentials" },
  { name: "whoami", usage: "whoami", help: "show the account, ARN and user id of the credentials" },
  { name: "login", usage: "login", help: "sign in for the chosen profile" },
  { name: "logout", usage: "logout", help: "sign out, and remove the credentials that the sign-in left" },
  { name: "serve", usage: "serve", help: "serve refreshed credentials on loopback until stopped" },
  { name: "probe", usage: "probe", help: "check which credential sources have credentials right now" },
  { name: "explain", usage: "explain", help: "show the plan: source, roles, settings, and where each comes from" },
  { name: "check", usage: "check", help: "lint the config and credentials files" },
  {
    name: "profiles",
    usage: "profiles [add]",
    help: "list the profiles, or add those of an sso-session",
    subcommands: PROFILES_SUBCOMMANDS,
  },
  { name: "console", usage: "console", help: "print or open a sign-in URL for the AWS console" },
  {
    name: "cache",
    usage: "cache list|clear",
    help: "list what is cached, without secrets, or delete it",
    subcommands: CACHE_SUBCOMMANDS,
  },
  {
    name: "completion",
    usage: "completion bash|zsh|fish",
    help: "print a completion script for bash, zsh or fish",
    subcommands: SHELLS,
  },
] as const;

export type CommandName = (typeof COMMANDS)[number]["name"];

/** The commands that choose credentials. */
const CHOOSING: readonly CommandName[] = ["exec", "export", "serve", "whoami", "explain", "console", "login"];
const ALL: readonly CommandName[] = COMMANDS.map((command) => command.name);

export interface OptionSpec {
  readonly name: string;
  readonly short: string | undefined;
  /** The placeholder of the value in the help. An option without one is a switch. */
  readonly value: string | undefined;
  /** Whether the option may be repeated. */
  readonly list: boolean;
  readonly help: string;
  readonly commands: readonly CommandName[];
  /** The values for completion, or what to complete. */
  readonly completes: readonly string[] | "profiles" | "roles" | "sso-sessions" | "regions" | "files" | undefined;
  /** Whether the option takes part in choosing the credentials. */
  readonly choosesCredentials: boolean;
}

/** Formats that set environment variables. */
const VARIABLE_FORMATS = ["env", "env-no-export", "powershell", "windows-cmd", "fish"] as const;
export const EXPORT_FORMATS = ["process", ...VARIABLE_FORMATS, "ini", "github"] as const;
export const SERVE_FORMATS = [...VARIABLE_FORMATS, "github"] as const;
export const CHECK_FORMATS = ["text", "json", "github"] as const;

/** The protocols of `serve`: the ECS container endpoint and the EC2 instance metadata service. */
export const SERVICES = ["ecs", "imds"] as const;

export const OPTIONS: readonly OptionSpec[] = [
  choosing("profile", "NAME", 'profile (default: AWS_PROFILE, else "default")', { short: "p", completes: "profiles" }),
  choosing("role", "NAME", "role from rolecall's settings file", { completes: "roles" }),
  choosing("role-arn", "ARN", "role to assume with the chosen credentials"),
  choosing("source-profile", "NAME", "profile whose credentials assume --role-arn", { completes: "profiles" }),
  choosing(
    "credential-source",
    "NAME",
    "source whose credentials assume --role-arn: Environment, Ec2InstanceMetadata or EcsContainer",
    {
      completes: ["Environment", "Ec2InstanceMetadata", "EcsContainer"],
    },
  ),
  choosing("external-id", "ID", "external id that the role requires"),
  choosing("role-session-name", "NAME", "name of the role session"),
  choosing("duration-seconds", "N", "duration of the role session: seconds, or 15m, 1h"),
  choosing("mfa-serial", "ARN", "ARN or serial number of the MFA device"),
  choosing("mfa-code", "CODE", "MFA code to use instead of a prompt"),
  choosing("mfa-process", "COMMAND", "command that prints the MFA code"),
  choosing("policy", "JSON|@FILE", "session policy"),
  choosing("policy-arn", "ARN", "managed policy as session policy; repeatable", { list: true }),
  choosing("tag", "KEY=VALUE", "session tag; repeatable", { list: true }),
  choosing("transitive-tag-key", "KEY", "tag that is passed on to further roles; repeatable", { list: true }),
  choosing("source-identity", "NAME", "source identity of the session"),
  choosing("region", "NAME", "AWS region", { completes: "regions" }),
  choosing("endpoint-url", "URL", "endpoint of STS and the other AWS services"),
  choosing("ca-bundle", "FILE", "CA certificates to trust instead of the built-in ones", { completes: "files" }),
  choosing("min-ttl", "DURATION", "do not use cached credentials that expire sooner"),
  choosing("no-cache", undefined, "do not read or write the cache"),
  choosing("no-input", undefined, "never prompt; fail instead"),
  choosing("mfa-session", undefined, "get an MFA session first: one code for many roles"),
  choosing("mfa-session-duration", "DURATION", "duration of the MFA session (default: 12h)"),
  choosing("pick", undefined, "choose the profile from a list, on a terminal"),
  of(["login"], "no-browser", undefined, "show the URL, but do not open the browser"),
  of(["login"], "use-device-code", undefined, "use a code to enter in a browser on any machine"),
  of(["login"], "remote", undefined, "console credentials: use a browser on another machine"),
  of(["login", "logout"], "sso-session", "NAME", "sso-session to use, instead of that of a profile", {
    completes: "sso-sessions",
  }),
  of(["profiles"], "sso-session", "NAME", "add: sso-session whose accounts and roles to list", {
    completes: "sso-sessions",
  }),
  of(["profiles"], "all", undefined, "add: all roles, without asking"),
  of(["profiles"], "account", "ID", "add: the roles of this account; repeatable", { list: true }),
  of(["profiles"], "role-name", "NAME", "add: the roles of this name; repeatable", { list: true }),
  of(["profiles"], "name-format", "TEXT", "add: names, such as {account_name}-{role_name}"),
  of(["profiles"], "prune", undefined, "add: remove profiles whose role is gone"),
  of(["profiles"], "dry-run", undefined, "add: show what would change"),
  of(["profiles"], "no-input", undefined, "add: never prompt; fail instead"),
  of(["login"], "callback-port", "N", "port that the browser returns to (default: a free port)"),
  of(["login"], "force", undefined, "sign out first, so that a new session begins"),
  of(["logout"], "profile", "NAME", "profile to sign out of", { short: "p", completes: "profiles" }),
  of(["logout"], "all", undefined, "sign out of every session"),
  of(["logout"], "region", "NAME", "AWS region", { completes: "regions" }),
  of(["logout"], "endpoint-url", "URL", "endpoint of the AWS services"),
  of(["logout"], "ca-bundle", "FILE", "CA certificates to trust instead of the built-in ones", { completes: "files" }),
  of([...CHOOSING, "probe", "profiles", "check"], "settings", "FILE", "rolecall's settings file", {
    completes: "files",
  }),
  of(["exec"], "serve", undefined, "serve refreshed credentials instead of setting keys"),
  of(["serve"], "as", "SERVICE", "service to serve: ecs (default) or imds", { completes: SERVICES }),
  of(["serve"], "port", "N", "port to listen on (default: a free port)"),
  of(["serve"], "socket", "PATH", "Unix socket to listen on as well", { completes: "files" }),
  of(["serve"], "token-file", "FILE", "file with the token (default: make a token)", { completes: "files" }),
  of(["export"], "format", "NAME", formatHelp(EXPORT_FORMATS), { completes: EXPORT_FORMATS }),
  of(["serve"], "format", "NAME", formatHelp(SERVE_FORMATS), { completes: SERVE_FORMATS }),
  of(["probe"], "sts", undefined, "check that STS is reachable and the clock is right"),
  of(["check"], "format", "NAME", formatHelp(CHECK_FORMATS), { completes: CHECK_FORMATS }),
  of(["check"], "fix", undefined, "fix what can be fixed safely, with a backup"),
  of(["console"], "open", undefined, "open the URL in a browser instead of printing it"),
  of(["console"], "destination", "URL|SERVICE", "page to open (default: the console's home)"),
  of(["console"], "session-duration", "DURATION", "duration of the console session: 15m to 12h"),
  of(["cache"], "all", undefined, "clear: also delete files that cannot be read"),
  of(["whoami", "probe", "explain", "check", "profiles", "cache"], "json", undefined, "print JSON"),
  of(ALL, "quiet", undefined, "suppress warnings and progress", { short: "q" }),
  of(ALL, "verbose", undefined, "show what is tried, in order, with timings", { short: "v" }),
  of(ALL, "color", "WHEN", "when to use colors: auto, always or never", { completes: ["auto", "always", "never"] }),
  of([], "version", undefined, "show version, runtime, platform and commit"),
  of(ALL, "help", undefined, "show this help", { short: "h" }),
];

function formatHelp(formats: readonly string[]): string {
  return `output format: ${formats.join(", ")}`;
}

interface Extras {
  readonly short?: string;
  readonly list?: boolean;
  readonly completes?: NonNullable<OptionSpec["completes"]>;
}

function choosing(name: string, value: string | undefined, help: string, extras: Extras = {}): OptionSpec {
  return of(CHOOSING, name, value, help, extras, true);
}

/** All objects have the same keys in the same order, because this runs at every start, and copying keys takes longer. */
function of(
  commands: readonly CommandName[],
  name: string,
  value: string | undefined,
  help: string,
  { short, list = false, completes }: Extras = {},
  choosesCredentials = false,
): OptionSpec {
  return { name, short, value, list, help, commands, completes, choosesCredentials };
}

/** The prefix of the variables that set options. */
export const VARIABLE_PREFIX = "ROLECALL_";

/** The variable that `exec` sets for its command: the name of the profile or role in use. It sets no option. */
export const ACTIVE_VARIABLE = "ROLECALL_ACTIVE";

/** The variable that sets an option: `ROLECALL_ROLE_ARN` for `--role-arn`. */
export function optionVariable(option: OptionSpec): string {
  return `${VARIABLE_PREFIX}${option.name.toUpperCase().replaceAll("-", "_")}`;
}
