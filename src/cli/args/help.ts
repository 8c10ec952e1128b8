/**
 * Renders the help from the tables of commands and options. A page fits a screen of 24 lines and 80 columns and ends
 * with examples. Only `--help --verbose` and the man page explain all options of a command.
 */
import type { CommandName, OptionSpec } from "../../domain/option_table.ts";
import { displayWidth, padWidth } from "../../report/width.ts";
import { wrapText } from "../../report/wrap.ts";

export interface HelpCommand {
  readonly name: CommandName;
  readonly usage: string;
  readonly help: string;
}

const PAGE_WIDTH = 80;

/** The shared options that the short page explains. */
const COMMON = ["profile", "pick", "role", "role-arn", "region", "help"];

/** With more options of its own than this, a command's page has room only for `--profile` and `--help`. */
const MAX_OWN_OPTIONS = 4;

/** The options that commands share, by topic. An option in no group is a command's own. */
export const OPTION_GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ["Profile and region", ["profile", "pick", "role", "settings", "region"]],
  [
    "Role",
    [
      ...["role-arn", "source-profile", "credential-source", "external-id", "role-session-name", "duration-seconds"],
      ...["policy", "policy-arn", "tag", "transitive-tag-key", "source-identity"],
    ],
  ],
  ["MFA", ["mfa-serial", "mfa-code", "mfa-process", "mfa-session", "mfa-session-duration"]],
  ["Network, cache, prompts", ["endpoint-url", "ca-bundle", "min-ttl", "no-cache", "no-input"]],
  ["Output", ["quiet", "verbose", "color", "help"]],
];

/** Examples to copy. A test parses each of them. */
export const EXAMPLES: Readonly<Record<CommandName, readonly string[]>> = {
  exec: [
    "rolecall exec -p deploy -- terraform apply",
    "rolecall exec --role-arn arn:aws:iam::123456789012:role/ci make",
    "rolecall exec --pick bash",
  ],
  export: [
    'eval "$(rolecall export -p deploy --format env)"',
    "rolecall export --role deploy --format github",
    "credential_process = rolecall export -p deploy",
  ],
  whoami: ["rolecall whoami -p deploy", "rolecall whoami --json"],
  login: ["rolecall login -p deploy", "rolecall login --sso-session corp --use-device-code"],
  logout: ["rolecall logout -p deploy", "rolecall logout --all"],
  serve: ["rolecall serve -p deploy", "rolecall serve -p deploy --as imds --port 8099"],
  probe: ["rolecall probe", "rolecall probe --sts --json"],
  explain: ["rolecall explain -p deploy", "rolecall explain -p deploy --json"],
  check: ["rolecall check", "rolecall check --fix", "rolecall check --format github"],
  profiles: ["rolecall profiles", "rolecall profiles add --sso-session corp --role-name ReadOnly"],
  console: ["rolecall console -p deploy --open", "rolecall console -p deploy --destination s3 --session-duration 8h"],
  cache: ["rolecall cache list", "rolecall cache clear --all"],
  completion: ["source <(rolecall completion bash)", "rolecall completion fish | source"],
};

/** `rolecall --help`. */
export function programHelp(commands: readonly HelpCommand[]): string {
  const shown: readonly CommandName[] = ["exec", "export"];
  return page([
    wrapped("Find AWS credentials as the AWS CLI does, assume roles, and pass the result on.", 0),
    "Usage: rolecall COMMAND [options]",
    section(
      "Commands",
      commands.map(({ name, help }) => [name, help]),
    ),
    'Run "rolecall COMMAND --help" for options, "rolecall --version" for the version.',
    examples(shown.flatMap((name) => EXAMPLES[name].slice(0, 1))),
  ]);
}

/**
 * `rolecall COMMAND --help`: explains the command's own options and the common ones, and names the rest.
 *
 * @param options the options of the command.
 */
export function commandHelp(command: HelpCommand, options: readonly OptionSpec[]): string {
  const own = options.filter(({ name }) => !isShared(name));
  const common = own.length > MAX_OWN_OPTIONS ? ["profile", "help"] : COMMON;
  const isExplained = ({ name }: OptionSpec) => common.includes(name) || !isShared(name);
  const explained = [...own, ...optionsNamed(options, common)];
  const others = options.filter((option) => !isExplained(option)).map(({ name }) => `--${name}`);
  return page([
    ...heading(command),
    section(
      "Options",
      explained.map((option) => [
        optionText(option),
        option.name === "help" ? `${option.help}; with -v, explain every option` : option.help,
      ]),
    ),
    wrapped(`Other options: ${others.join(" ")}`, 0),
    examples(EXAMPLES[command.name]),
  ]);
}

/** `rolecall COMMAND --help --verbose`: explains every option. */
export function fullCommandHelp(command: HelpCommand, options: readonly OptionSpec[]): string {
  const groups = OPTION_GROUPS.map(([title, names]): readonly [string, readonly OptionSpec[]] => [
    title,
    optionsNamed(options, names),
  ]);
  return page([
    ...heading(command),
    ...[["Options", options.filter(({ name }) => !isShared(name))] as const, ...groups]
      .filter(([, listed]) => listed.length > 0)
      .map(([title, listed]) =>
        section(
          title,
          listed.map((option) => [optionText(option), option.help]),
        ),
      ),
    "Each option can also be set by a variable: --role-arn by ROLECALL_ROLE_ARN.",
    examples(EXAMPLES[command.name]),
  ]);
}

function isShared(name: string): boolean {
  return OPTION_GROUPS.some(([, names]) => names.includes(name));
}

/** The options with these names, in the order of the names. */
function optionsNamed(options: readonly OptionSpec[], names: readonly string[]): OptionSpec[] {
  return names.flatMap((name) => options.filter((option) => option.name === name));
}

function heading({ name, usage, help }: HelpCommand): string[] {
  return [
    `Usage: rolecall ${usage.replace(name, `${name} [options]`)}`,
    `${help.charAt(0).toUpperCase()}${help.slice(1)}.`,
  ];
}

function examples(lines: readonly string[]): string {
  return ["Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}

/** `-p, --profile NAME`. */
function optionText({ name, short, value }: OptionSpec): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function page(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

function section(title: string, rows: readonly (readonly [term: string, text: string])[]): string {
  const width = Math.max(...rows.map(([term]) => displayWidth(term)));
  const lines = rows.map(([term, text]) => `  ${padWidth(term, width)}  ${wrapped(text, width + 4)}`);
  return [`${title}:`, ...lines].join("\n");
}

/**
 * Wraps text at the width of the page.
 *
 * @param indent columns before the text and before each further line.
 */
function wrapped(text: string, indent: number): string {
  return wrapText(text, PAGE_WIDTH - indent).join(`\n${" ".repeat(indent)}`);
}
