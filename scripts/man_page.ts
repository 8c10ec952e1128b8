/**
 * The manual page: what the tables of commands, options and errors say, between prose of its own. `scripts/man` writes
 * it; a test fails where the page that is there says something else.
 */
import { EXAMPLES, OPTION_GROUPS } from "../src/cli/args/help.ts";
import { ERROR_CATALOGUE } from "../src/domain/errors.ts";
import { COMMANDS, type CommandName, OPTIONS, type OptionSpec } from "../src/domain/option_table.ts";
import { VERSION } from "../src/domain/version.ts";

/** Of the last change to this file's prose. */
const DATE = "2026-11-25";

/** What is to be said about a command beyond its line in the help; `*word*` is bold, `{word}` italic. */
const COMMAND_NOTES: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  exec: [
    "The process {becomes} COMMAND: the same process id, parent, terminal, file descriptors and signals, and the exit status is COMMAND's own. What follows COMMAND belongs to it, with or without *--* before it.",
    "COMMAND gets *AWS_ACCESS_KEY_ID*, *AWS_SECRET_ACCESS_KEY*, *AWS_SESSION_TOKEN*, *AWS_CREDENTIAL_EXPIRATION*, *AWS_REGION* and *AWS_DEFAULT_REGION*, each where there is one. Variables that could make an SDK look elsewhere, *AWS_PROFILE* among them, are taken away.",
  ],
  export: [
    "Without *--format* it prints the JSON that *credential_process* wants. The format *github* masks the secrets and appends them to the file that *GITHUB_ENV* names. A value that a format cannot carry safely is an error.",
  ],
  console: [
    "The URL is a secret: for 15 minutes whoever has it can sign in with it. *--open* does not put it onto a command line: it writes a page that only its owner can read (into *XDG_RUNTIME_DIR*, else the folder for temporary files) and opens that, with the program that *BROWSER* names or the system's own. A browser that is locked into a folder of its own (snap, flatpak) may not be able to read it: then print the URL.",
    "It needs the session of a role; plain keys will not do. For a role that was assumed with a role's credentials AWS takes no *--session-duration*: such a console session lasts an hour.",
  ],
  cache: [
    "*cache list* shows the sessions of roles, of IAM Identity Center and of MFA in {~/.aws/cli/cache}, which rolecall shares with the AWS CLI, and what processes have left behind there. *cache clear* forgets them; with *--all* also what cannot be read. Logins (*aws sso login*, *aws login*) stay, and so do locks that a process holds.",
  ],
  completion: [
    "bash: *source <(rolecall completion bash)* in {~/.bashrc}. zsh: *source <(rolecall completion zsh)* in {~/.zshrc}, after *compinit*. fish: *rolecall completion fish >~/.config/fish/completions/rolecall.fish*.",
  ],
};

const SOURCES = [
  "keys in the environment (not with *--profile*)",
  "the role of the profile, with its *source_profile* or *credential_source*",
  "a web identity token",
  "IAM Identity Center (SSO)",
  "the profile's keys in the credentials file",
  "*login_session*",
  "*credential_process*",
  "the profile's keys in the config file",
  "the container's credentials",
  "the EC2 instance's",
];

const EXIT_STATUS: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "done"],
  ["1", "no credentials, or a service said no"],
  ["2", "the command line or a file is wrong"],
  ["125", "*exec*: rolecall itself failed before COMMAND started"],
  ["126", "*exec*: COMMAND cannot be executed"],
  ["127", "*exec*: COMMAND was not found"],
];

const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  ["ROLECALL_SOME_OPTION", "stands for the option *--some-option*; in a list the values have commas between"],
  ["AWS_PROFILE, AWS_DEFAULT_PROFILE", "the profile, where no option names one"],
  ["AWS_REGION, AWS_DEFAULT_REGION", "the region, where no option names one"],
  ["AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "the two files, in place of those in {~/.aws}"],
  ["HTTPS_PROXY, NO_PROXY", "the proxy for AWS services; the metadata services are never asked through one"],
  ["NO_COLOR", "no colours, unless *--color* says otherwise"],
  ["BROWSER", "the program that *console --open* starts"],
];

const FILES: readonly (readonly [name: string, meaning: string])[] = [
  ["~/.aws/config, ~/.aws/credentials", "the profiles, as the AWS CLI has them"],
  [
    "~/.config/rolecall/config.toml, /etc/rolecall/config.toml",
    "rolecall's own settings and roles; the first that exists",
  ],
  ["~/.aws/cli/cache", "cached sessions, shared with the AWS CLI"],
];

/** The page, as text for `man`. */
export function manPage(): string {
  return [
    '.\\" Made by scripts/man from the tables of commands, options and errors.',
    `.TH ROLECALL 1 "${DATE}" "rolecall ${VERSION}" "User Commands"`,
    // Names are not to be broken in two.
    ".nh",
    ".ad l",
    section("NAME", "rolecall \\- find AWS credentials, assume roles, and hand the result on"),
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
      "rolecall finds AWS credentials exactly as the AWS CLI does, assumes the role that a profile names, through as many roles as it takes, and hands the result to whoever needs it: a command, a shell, another SDK, a browser.",
    ),
    ".PP",
    roff("The first of these that yields credentials wins, and an error in one ends the search:"),
    ...SOURCES.flatMap((source, i) => [`.IP ${i + 1}. 4`, roff(source)]),
    ".PP",
    roff(
      "Standard output carries the answer and nothing else. Prompts are shown at the controlling terminal. No secret is written to standard error, into a log or onto a command line.",
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
      `The options that choose credentials belong to ${choosing.join(", ")}. The command line wins over the variables, these over the settings file.`,
    ),
    ...groups.flatMap(([title, options]) => [`.SS ${title}`, ...options.flatMap(optionItem)]),
    ...item("*--version*", "of *rolecall* alone: version, runtime, platform."),
  ];
}

function optionItem({ name, short, value, help }: OptionSpec): string[] {
  const names = [...(short === undefined ? [] : [`*-${short}*`]), `*--${name}*`].join(", ");
  return item(value === undefined ? names : `${names} {${value}}`, help);
}

function errors(): string[] {
  return [
    roff("An error says what is wrong, where, and what to do. Its code is stable:"),
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

/** Text with `*bold*` and `{italic}` words, a sentence a line. */
function roff(text: string): string {
  return escaped(text.replace(/\. (?=[A-Z*{])/g, ".\n"))
    .replace(/\*([^*\n]+)\*/g, "\\fB$1\\fR")
    .replace(/\{([^}\n]+)\}/g, "\\fI$1\\fR");
}

/** A hyphen stays one that can be copied, and no line is taken for a request. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("~", "\\(ti")
    .replace(/^(?=[.'])/gm, "\\&");
}
