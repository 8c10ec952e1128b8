/**
 * Every option of the contract, once; `format`, which means one thing to export and another to check, once for each. The
 * command line, the `ROLECALL_…` variables, the help, the manual page and the completion all come from here, so that no
 * option can be known to one and not to another.
 */

/** What may follow `cache` and `completion`. */
export const CACHE_SUBCOMMANDS = ["list", "clear"] as const;
export const SHELLS = ["bash", "zsh", "fish"] as const;

export const COMMANDS = [
  {
    name: "exec",
    usage: "exec [--] COMMAND [ARG…]",
    help: "run COMMAND with the credentials; the process becomes COMMAND",
  },
  { name: "export", usage: "export", help: "print the credentials" },
  { name: "whoami", usage: "whoami", help: "whose credentials these are: account, ARN, user id" },
  { name: "serve", usage: "serve", help: "serve refreshed credentials on loopback until stopped" },
  { name: "probe", usage: "probe", help: "ask every credential source what it holds right now" },
  { name: "explain", usage: "explain", help: "the plan: source, roles and settings, and where each is from" },
  { name: "check", usage: "check", help: "lint the config and credentials files" },
  { name: "profiles", usage: "profiles", help: "list the profiles" },
  { name: "console", usage: "console", help: "a sign-in URL for the AWS console" },
  {
    name: "cache",
    usage: "cache list|clear",
    help: "what is cached, without secrets; forget it",
    subcommands: CACHE_SUBCOMMANDS,
  },
  { name: "completion", usage: "completion bash|zsh|fish", help: "a completion script", subcommands: SHELLS },
] as const;

export type CommandName = (typeof COMMANDS)[number]["name"];

/** The commands that choose credentials. */
const CHOOSING: readonly CommandName[] = ["exec", "export", "serve", "whoami", "explain", "console"];
const ALL: readonly CommandName[] = COMMANDS.map((command) => command.name);

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; without one the option is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly list?: boolean;
  readonly help: string;
  readonly commands: readonly CommandName[];
  /** What a shell may offer as its value: the values themselves, or where they are found. */
  readonly completes?: readonly string[] | "profiles" | "roles" | "regions" | "files";
  /** Whether it has a say in which credentials are used. */
  readonly choosesCredentials?: boolean;
}

/** What a shell, or a program that reads such lines, takes as variables. */
const VARIABLE_FORMATS = ["env", "env-no-export", "powershell", "windows-cmd", "fish"] as const;
export const EXPORT_FORMATS = ["process", ...VARIABLE_FORMATS, "ini", "github"] as const;
export const SERVE_FORMATS = [...VARIABLE_FORMATS, "github"] as const;
export const CHECK_FORMATS = ["text", "json", "github"] as const;

/** What a server of `serve` can be taken for. */
export const SERVICES = ["ecs", "imds"] as const;

export const OPTIONS: readonly OptionSpec[] = [
  choosing("profile", "NAME", "the profile (else AWS_PROFILE, else default)", {
    short: "p",
    completes: "profiles",
  }),
  choosing("role", "NAME", "a role from rolecall's own settings file", { completes: "roles" }),
  choosing("role-arn", "ARN", "a role, assumed on top of what the rest chooses"),
  choosing("source-profile", "NAME", "with --role-arn: the profile to assume it with", { completes: "profiles" }),
  choosing("credential-source", "NAME", "Environment, Ec2InstanceMetadata or EcsContainer", {
    completes: ["Environment", "Ec2InstanceMetadata", "EcsContainer"],
  }),
  choosing("external-id", "ID", "the external id that the role asks for"),
  choosing("role-session-name", "NAME", "the name of the role session"),
  choosing("duration-seconds", "N", "how long the role session lasts: seconds, or 15m, 1h"),
  choosing("mfa-serial", "ARN", "the MFA device"),
  choosing("mfa-code", "CODE", "answers the MFA prompt"),
  choosing("mfa-process", "COMMAND", "a command that prints the MFA code"),
  choosing("policy", "JSON|@FILE", "a session policy"),
  choosing("policy-arn", "ARN", "a managed policy as session policy; may be repeated", { list: true }),
  choosing("tag", "KEY=VALUE", "a session tag; may be repeated", { list: true }),
  choosing("transitive-tag-key", "KEY", "a tag that further roles keep; may be repeated", { list: true }),
  choosing("source-identity", "NAME", "the source identity of the session"),
  choosing("region", "NAME", "the region", { completes: "regions" }),
  choosing("endpoint-url", "URL", "where STS is asked, instead of at AWS"),
  choosing("ca-bundle", "FILE", "certificates to trust, instead of the built-in ones", { completes: "files" }),
  choosing("min-ttl", "DURATION", "do not use cached credentials with less life left"),
  choosing("no-cache", undefined, "neither read nor write the cache"),
  choosing("no-input", undefined, "never prompt: fail instead"),
  choosing("mfa-session", undefined, "one MFA code for many roles, for hours"),
  choosing("mfa-session-duration", "DURATION", "how long the MFA session lasts (12h)"),
  choosing("pick", undefined, "choose the profile from a list, at the terminal"),
  of([...CHOOSING, "probe", "profiles", "check"], "settings", "FILE", "rolecall's own settings file", {
    completes: "files",
  }),
  of(["exec"], "serve", undefined, "serve refreshed credentials instead of setting keys"),
  of(["serve"], "as", "SERVICE", "the service to be taken for: ecs (usual) or imds", { completes: SERVICES }),
  of(["serve"], "port", "N", "the port (else a free one)"),
  of(["serve"], "socket", "PATH", "serve on this Unix socket as well", { completes: "files" }),
  of(["serve"], "token-file", "FILE", "the token that clients show (else a new one)", { completes: "files" }),
  of(["export"], "format", "NAME", EXPORT_FORMATS.join(", "), { completes: EXPORT_FORMATS }),
  of(["serve"], "format", "NAME", SERVE_FORMATS.join(", "), { completes: SERVE_FORMATS }),
  of(["probe"], "sts", undefined, "ask STS, too: does it answer, is the clock right"),
  of(["check"], "format", "NAME", "text, json or github", { completes: CHECK_FORMATS }),
  of(["check"], "fix", undefined, "mend what can be mended safely, with a backup"),
  of(["console"], "open", undefined, "open the URL in a browser instead of printing it"),
  of(["console"], "destination", "URL|SERVICE", "the page to begin with (the console's home)"),
  of(["console"], "session-duration", "DURATION", "how long the console session lasts: 15m to 12h"),
  of(["cache"], "all", undefined, "clear also what cannot be read"),
  of(["whoami", "probe", "explain", "check", "profiles", "cache"], "json", undefined, "the answer as JSON"),
  of(ALL, "quiet", undefined, "say nothing but errors", { short: "q" }),
  of(ALL, "verbose", undefined, "say what is tried, in order, with timings", { short: "v" }),
  of(ALL, "color", "WHEN", "auto, always or never", { completes: ["auto", "always", "never"] }),
  of([], "version", undefined, "version, runtime, platform"),
  of(ALL, "help", undefined, "this help", { short: "h" }),
];

type Extras = Partial<Pick<OptionSpec, "short" | "list" | "completes">>;

function choosing(name: string, value: string | undefined, help: string, extras: Extras = {}): OptionSpec {
  return { ...of(CHOOSING, name, value, help, extras), choosesCredentials: true };
}

function of(
  commands: readonly CommandName[],
  name: string,
  value: string | undefined,
  help: string,
  extras: Extras = {},
): OptionSpec {
  return { name, help, commands, ...(value === undefined ? {} : { value }), ...extras };
}

/** The variable that stands for an option: `--role-arn` is `ROLECALL_ROLE_ARN`. */
export function optionVariable(option: OptionSpec): string {
  return `ROLECALL_${option.name.toUpperCase().replaceAll("-", "_")}`;
}
