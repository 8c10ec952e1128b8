/** The options of a command, from the command line and the `ROLECALL_…` variables. */
import type { Effects } from "../../domain/effects.ts";
import { type Environment, variable } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { didYouMeanOption } from "../../domain/help_texts.ts";
import {
  ACTIVE_VARIABLE,
  type CommandName,
  OPTIONS,
  type OptionSpec,
  optionVariable,
  VARIABLE_PREFIX,
} from "../../domain/option_table.ts";
import type { Origin, Sourced } from "../../domain/origin.ts";
import { readRequiredFile } from "../../files/required_file.ts";
import type { CredentialOptions } from "../../plan/scope.ts";
import { sourcedVariable } from "../../plan/scope.ts";
import { nearest } from "../../text/suggest.ts";
import { unmark } from "./arguments.ts";

/** The options as cac returns them. cac returns a switch `--no-x` as `x: false`. */
export type ParsedOptions = Readonly<Record<string, unknown>>;

export interface CommandOptions {
  /** The value of an option. If it is repeated, the last value. */
  text(name: string): Sourced<string> | undefined;
  /** Whether a switch is on. */
  switch(name: string): boolean;
  /** All values of an option that may be repeated. In its variable, commas separate the values. */
  list(name: string): readonly Sourced<string>[];
}

/**
 * The options of a command. The command line overrides the variables.
 *
 * @throws RolecallError `invalid-option` for an empty value, or for a switch's variable that is not a boolean;
 * `unknown-variable` for a variable that names no option.
 */
export function commandOptions(command: CommandName, parsed: ParsedOptions, environment: Environment): CommandOptions {
  const variables = Object.keys(environment).filter(
    (name) => name.startsWith(VARIABLE_PREFIX) && variable(environment, name) !== undefined,
  );
  rejectUnknownVariables(variables);
  const typed = new Map(Object.entries(parsed).map(([key, value]) => [optionName(key, value), value]));
  const given = new Map<string, readonly Sourced<string>[]>();
  for (const spec of OPTIONS) {
    if (!spec.commands.includes(command)) continue;
    if (typed.has(spec.name)) given.set(spec.name, fromCommandLine(spec, typed.get(spec.name)));
    else if (variables.length > 0) given.set(spec.name, fromVariable(spec, environment));
  }
  return {
    text: (name) => given.get(name)?.at(-1),
    switch: (name) => given.get(name)?.at(-1) !== undefined,
    list: (name) => given.get(name) ?? [],
  };
}

/**
 * A misspelled variable would silently select the wrong credentials.
 *
 * @param names of the variables that begin with `ROLECALL_` and are not empty.
 */
function rejectUnknownVariables(names: readonly string[]): void {
  const unknown = names.find((name) => !isOptionVariable(name));
  if (unknown === undefined) return;
  throw new RolecallError("unknown-variable", `the variable ${unknown} names no option`, {
    at: { variable: unknown },
    help: [unknownVariableHelp(unknown)],
  });
}

function unknownVariableHelp(name: string): string {
  if (KUBERNETES_SERVICE.test(name)) {
    return "rename the Kubernetes Service rolecall, or set enableServiceLinks: false for the pod";
  }
  const withoutPrefix = (text: string) => text.slice(VARIABLE_PREFIX.length);
  const options = OPTIONS.map((option) => withoutPrefix(optionVariable(option)));
  const meant = nearest(withoutPrefix(name), options);
  return meant === undefined
    ? `unset it: a variable that begins with ${VARIABLE_PREFIX} sets an option`
    : didYouMeanOption(`${VARIABLE_PREFIX}${meant}`);
}

function isOptionVariable(name: string): boolean {
  return name === ACTIVE_VARIABLE || OPTIONS.some((option) => optionVariable(option) === name);
}

/** Kubernetes sets these in each pod for a Service that is called rolecall. */
const KUBERNETES_SERVICE = /^ROLECALL_(SERVICE_(HOST|PORT)|PORT_\d+_)/;

/** The profile that `ROLECALL_PROFILE` names, for commands that show the chosen profile but have no `--profile`. */
export function profileFromVariable(environment: Environment): Sourced<string> | undefined {
  return sourcedVariable(environment, "ROLECALL_PROFILE");
}

/**
 * The options that choose credentials, as `plan/` expects them.
 *
 * @param readFile as in `Effects`; reads the policy of `--policy @FILE`.
 * @throws RolecallError `invalid-option` for a policy file that cannot be read.
 */
export function credentialOptions(options: CommandOptions, readFile: Effects["readFile"]): CredentialOptions {
  return {
    profile: options.text("profile"),
    roleArn: options.text("role-arn"),
    sourceProfile: options.text("source-profile"),
    credentialSource: options.text("credential-source"),
    externalId: options.text("external-id"),
    roleSessionName: options.text("role-session-name"),
    durationSeconds: options.text("duration-seconds"),
    mfaSerial: options.text("mfa-serial"),
    region: options.text("region"),
    mfaProcess: options.text("mfa-process"),
    mfaSession: options.text("mfa-session"),
    mfaSessionDuration: options.text("mfa-session-duration"),
    endpointUrl: options.text("endpoint-url"),
    caBundle: options.text("ca-bundle"),
    policy: policyText(options.text("policy"), readFile),
    policyArns: options.list("policy-arn"),
    tags: options.list("tag"),
    transitiveTagKeys: options.list("transitive-tag-key"),
    sourceIdentity: options.text("source-identity"),
  };
}

/**
 * The options that choose credentials, as arguments for another rolecall process. Options that a variable sets are left
 * out: the other process reads the variables itself.
 *
 * @param except the names of further options to leave out.
 */
export function credentialArguments(options: CommandOptions, except: readonly string[]): string[] {
  return OPTIONS.filter(({ name, choosesCredentials }) => choosesCredentials && !except.includes(name)).flatMap(
    ({ name, value }) =>
      options
        .list(name)
        .filter(({ from }) => "option" in from)
        .map((given) => (value === undefined ? `--${name}` : `--${name}=${given.value}`)),
  );
}

/**
 * The policy itself, read from its file if the option is `@FILE`.
 *
 * @throws RolecallError `invalid-option` for a file that cannot be read.
 */
function policyText(policy: Sourced<string> | undefined, readFile: Effects["readFile"]): Sourced<string> | undefined {
  if (!policy?.value.startsWith("@")) return policy;
  const file = policy.value.slice(1);
  const value = readRequiredFile(
    file,
    readFile,
    (reason) => new RolecallError("invalid-option", `the policy file ${file} ${reason}`, { at: policy.from }),
  );
  return { value, from: policy.from };
}

/** @param parsed the value that cac returned. */
function fromCommandLine(spec: OptionSpec, parsed: unknown): readonly Sourced<string>[] {
  const from: Origin = { option: `--${spec.name}` };
  if (spec.value === undefined) return [{ value: "true", from }];
  return [parsed].flat().flatMap((marked: unknown) => {
    if (typeof marked !== "string") return [];
    const text = unmark(marked);
    if (text === "") throw new RolecallError("invalid-option", `--${spec.name} is empty`, { at: from });
    return [{ value: text, from }];
  });
}

function fromVariable(spec: OptionSpec, environment: Environment): readonly Sourced<string>[] {
  // `--help` is for a person at the command line, so it has no variable.
  if (spec.name === "help") return [];
  const name = optionVariable(spec);
  const value = variable(environment, name);
  if (value === undefined) return [];
  const from: Origin = { variable: name };
  if (spec.list) return value.split(",").map((item) => ({ value: item.trim(), from }));
  if (spec.value !== undefined) return [{ value, from }];
  if (/^(1|true|yes|on)$/i.test(value)) return [{ value: "true", from }];
  if (/^(0|false|no|off)$/i.test(value)) return [];
  throw invalidValue("boolean", { value, from }, ["use true or false, or 1 or 0"]);
}

/** The name of the option that cac returned under this key: `role-arn` for `roleArn`, `no-cache` for `cache: false`. */
function optionName(key: string, value: unknown): string {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return value === false ? `no-${name}` : name;
}
