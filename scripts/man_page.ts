/**
 * The man page, made from the tables of commands, options and errors and from the prose in this file. `scripts/man`
 * writes it to docs/rolecall.1, and a test fails if that file is out of date.
 */
import { EXAMPLES, OPTION_GROUPS } from "../src/cli/args/help.ts";
import { ERROR_CATALOGUE } from "../src/domain/errors.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../src/domain/option_table.ts";
import { VERSION } from "../src/domain/version.ts";

/** The date of the last change to the prose in this file. */
const DATE = "2026-12-01";

/** Paragraphs about a command, after its line in the help. `*word*` is bold, `{word}` is italic. */
const COMMAND_NOTES: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  exec: [
    "COMMAND keeps the process id, parent, terminal, file descriptors and signal settings that rolecall was started with, and the exit status is COMMAND's own. All arguments after COMMAND belong to COMMAND, with or without *--* before it.",
    "COMMAND gets *AWS_ACCESS_KEY_ID*, *AWS_SECRET_ACCESS_KEY*, *AWS_SESSION_TOKEN*, *AWS_CREDENTIAL_EXPIRATION*, *AWS_REGION* and *AWS_DEFAULT_REGION*, each if it has a value. Variables that could make an SDK look elsewhere, such as *AWS_PROFILE*, are removed.",
  ],
  login: [
    "A profile with *sso_session* or *sso_start_url* signs in to IAM Identity Center, as *aws sso login* does. A profile with *login_session*, or without credentials, gets console credentials, as with *aws login*. A profile with *role_arn* signs in for the source of its chain. The result is in the AWS CLI's cache, where every SDK finds it. If several processes need the same sign-in, one signs in and the others wait for it.",
    "The browser is opened with the program that *BROWSER* names or with the system's default, but not without a terminal, without a display, or over SSH unless *BROWSER* is set. At the end the browser opens an address at 127.0.0.1, where rolecall waits for ten minutes. If the browser is on another machine, paste that address into the terminal.",
  ],
  logout: [
    "The token is revoked at the access portal. The token, and cached credentials of the roles that the profiles use with it, are removed. Client registrations stay.",
  ],
  export: [
    "The default format, *process*, is the JSON that *credential_process* expects. The format *github* masks the secrets and appends the variables to the file that *GITHUB_ENV* names. A value that a format cannot carry safely is an error.",
  ],
  console: [
    "The URL is a secret: for 15 minutes anyone who has it can sign in. *--open* does not put the URL on a command line. It writes a page that only the user can read, into *XDG_RUNTIME_DIR* or else the folder for temporary files, and opens the page with the program that *BROWSER* names or with the system's default. A browser that runs in a sandbox (snap, flatpak) may not be able to read the page. In that case, print the URL.",
    "The console needs the credentials of a role; long-term access keys are rejected. If the role was assumed with another role's credentials, AWS rejects *--session-duration*, and the console session lasts one hour.",
  ],
  cache: [
    "*cache list* shows the role, IAM Identity Center and MFA sessions in {~/.aws/cli/cache}, which rolecall shares with the AWS CLI, and files that ended processes left there. *cache clear* deletes them. With *--all*, it also deletes files that cannot be read. It keeps sign-ins (*login*, *aws sso login*, *aws login*) and locks that a process holds.",
  ],
  completion: [
    "bash: *source <(rolecall completion bash)* in {~/.bashrc}. zsh: *source <(rolecall completion zsh)* in {~/.zshrc}, after *compinit*. fish: *rolecall completion fish >~/.config/fish/completions/rolecall.fish*.",
  ],
};

const SOURCES = [
  "access keys in the environment (ignored with *--profile*)",
  "the profile's role, assumed with its *source_profile* or *credential_source*",
  "a web identity token",
  "IAM Identity Center (SSO)",
  "the profile's access keys in the credentials file",
  "*login_session*",
  "*credential_process*",
  "the profile's access keys in the config file",
  "the container credentials endpoint",
  "the EC2 instance metadata service",
];

const EXIT_STATUS: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "done"],
  ["1", "no credentials, or a service rejected the request"],
  ["2", "the command line or a file is wrong"],
  ["125", "*exec*: rolecall itself failed before COMMAND started"],
  ["126", "*exec*: COMMAND cannot be executed"],
  ["127", "*exec*: COMMAND was not found"],
];

const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ["ROLECALL_SOME_OPTION", "sets the option *--some-option*; several values are separated by commas"],
  ["AWS_PROFILE, AWS_DEFAULT_PROFILE", "the profile, if no option sets it"],
  ["AWS_REGION, AWS_DEFAULT_REGION", "the region, if no option sets it"],
  ["AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "the config and credentials files, instead of those in {~/.aws}"],
  ["HTTPS_PROXY, NO_PROXY", "the proxy for AWS services; requests to the metadata services never use a proxy"],
  ["NO_COLOR", "disables colors, unless *--color* is set"],
  ["BROWSER", "the browser that *login* and *console --open* start"],
];

const FILES: readonly (readonly [name: string, meaning: string])[] = [
  ["~/.aws/config, ~/.aws/credentials", "the profiles, shared with the AWS CLI"],
  [
    "~/.config/rolecall/config.toml, /etc/rolecall/config.toml",
    "rolecall's settings and roles; the first file that exists is used",
  ],
  ["~/.aws/cli/cache", "cached sessions, shared with the AWS CLI"],
  ["~/.aws/sso/cache, ~/.aws/login/cache", "what *login* stores, shared with the AWS CLI"],
];

/** The page in the man macros of roff. */
export function manPage(): string {
  return [
    '.\\" Generated by scripts/man from the tables of commands, options and errors.',
    `.TH ROLECALL 1 "${DATE}" "rolecall ${VERSION}" "User Commands"`,
    // No hyphenation: names must not be split.
    ".nh",
    ".ad l",
    section("NAME", "rolecall \\- find AWS credentials, assume roles, and pass the result on"),
    section(
      "SYNOPSIS",
      ".B rolecall",
      roff("{COMMAND} [{options}]"),
      ".br",
      ".B rolecall exec",
      roff("[{options}] [*--*] {COMMAND} [{ARG} ...]"),
    ),
    section("DESCRIPTION", ...description()),
    section("COMMANDS", ...COMMANDS.flatMap(commandLines)),
    section("OPTIONS", ...sharedOptions()),
    section("EXIT STATUS", ...EXIT_STATUS.flatMap(([code, meaning]) => item(`*${code}*`, meaning))),
    section("ENVIRONMENT", ...VARIABLES.flatMap(([name, meaning]) => item(bold(name), meaning))),
    section("FILES", ...FILES.flatMap(([name, meaning]) => item(`{${name}}`, meaning))),
    section("ERRORS", ...errors()),
    section(
      "EXAMPLES",
      ".nf",
      ...COMMANDS.flatMap(({ name }) => [...EXAMPLES[name].map(escaped), ""]).slice(0, -1),
      ".fi",
    ),
    section("SEE ALSO", ".BR aws (1)"),
    "",
  ].join("\n");
}

function description(): string[] {
  return [
    roff(
      "rolecall finds AWS credentials exactly as the AWS CLI does, assumes the roles that a profile names, and passes the result on to a command, a shell, another SDK, a container or a browser.",
    ),
    ".PP",
    roff(
      "rolecall tries these sources in order. It uses the first that has credentials, and an error in a source ends the search:",
    ),
    ...SOURCES.flatMap((source, i) => [`.IP ${i + 1}. 4`, roff(source)]),
    ".PP",
    roff(
      "Standard output carries the result and nothing else. Prompts are shown on the controlling terminal. No secret is written to standard error, to a log or onto a command line.",
    ),
  ];
}

function commandLines({ name, usage, help }: (typeof COMMANDS)[number]): string[] {
  const shared = OPTION_GROUPS.flatMap(([, names]) => names);
  const own = OPTIONS.filter((option) => isOf(option, name) && !shared.includes(option.name));
  return [
    ".TP",
    `.B ${escaped(usage)}`,
    roff(`${sentence(help)}`),
    ...(COMMAND_NOTES[name] ?? []).flatMap((note) => [".IP", roff(note)]),
    ...(own.length === 0 ? [] : [".RS", ...own.flatMap(optionItem), ".RE"]),
  ];
}

function isOf({ commands }: OptionSpec, command: CommandName): boolean {
  return commands.includes(command);
}

function sharedOptions(): string[] {
  const groups = OPTION_GROUPS.map(([title, names]): [string, OptionSpec[]] => [
    title,
    names.flatMap((name) => OPTIONS.filter((option) => option.name === name)),
  ]);
  const choosing = COMMANDS.filter(({ name }) =>
    OPTIONS.some((option) => option.name === "profile" && isOf(option, name)),
  ).map(({ name }) => `*${name}*`);
  return [
    roff(
      `The options that choose credentials belong to ${choosing.join(", ")}. The command line overrides the variables, and the variables override the settings file.`,
    ),
    ...groups.flatMap(([title, options]) => [`.SS ${title}`, ...options.flatMap(optionItem)]),
    ...item("*--version*", "without a command: show version, runtime, platform and commit"),
  ];
}

function optionItem({ name, short, value, help }: OptionSpec): string[] {
  const names = [...(short === undefined ? [] : [`*-${short}*`]), `*--${name}*`].join(", ");
  return item(value === undefined ? names : `${names} {${value}}`, help);
}

function errors(): string[] {
  return [
    roff(
      "An error message says what is wrong, where, and what to do. These are the stable error codes, each with its exit status:",
    ),
    ...Object.entries(ERROR_CATALOGUE).flatMap(([code, { exit, summary }]) =>
      item(`*${code}* (${exit})`, summary.replaceAll("`", "*")),
    ),
  ];
}

function section(title: string, ...lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join("\n");
}

function item(term: string, text: string): string[] {
  return [".TP", roff(term), roff(text)];
}

function bold(names: string): string {
  return names
    .split(", ")
    .map((name) => `*${name}*`)
    .join(", ");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** Converts `*bold*` and `{italic}`, and puts each sentence on a line of its own. */
function roff(text: string): string {
  return escaped(text.replace(/\. (?=[A-Z*{])/g, ".\n"))
    .replace(/\*([^*\n]+)\*/g, "\\fB$1\\fR")
    .replace(/\{([^}\n]+)\}/g, "\\fI$1\\fR");
}

/** Escapes text so that hyphens can be copied and no line is read as a roff request. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("~", "\\(ti")
    .replace(/^(?=[.'])/gm, "\\&");
}
