/** The options of one call, from the command line and from the `ROLECALL_…` variables. */
import { type Environment, variable } from "../environment.ts";
import { RolecallError } from "../errors.ts";
import type { Origin, Sourced } from "../origin.ts";
import type { CredentialOptions } from "../plan/scope.ts";
import { unmark } from "./arguments.ts";
import { type CommandName, OPTIONS, type OptionSpec, variableOf } from "./option_table.ts";

/** What cac made of the options; a switch `--no-x` arrives as `x: false`. */
export type ParsedOptions = Readonly<Record<string, unknown>>;

export interface CommandOptions {
  /** An option's value, whoever set it; of several, the last. */
  text(name: string): Sourced<string> | undefined;
  switch(name: string): boolean;
}

/**
 * The options of a command. The command line wins over the variable.
 *
 * @throws RolecallError `not-built-yet` for an option of the contract that this version lacks, `invalid-option` for a
 * switch's variable that is neither true nor false.
 */
export function commandOptions(command: CommandName, parsed: ParsedOptions, environment: Environment): CommandOptions {
  const given = new Map<string, Sourced<string>>();
  for (const spec of OPTIONS) {
    if (!spec.commands.includes(command)) continue;
    const value = fromCommandLine(spec, parsed) ?? fromVariable(spec, environment);
    if (value === undefined) continue;
    if (!spec.built) {
      throw new RolecallError("not-built-yet", `this version has no --${spec.name} yet`, { at: value.from });
    }
    given.set(spec.name, value);
  }
  return {
    text: (name) => given.get(name),
    switch: (name) => given.has(name),
  };
}

/** The options that choose credentials, as `plan/` takes them. */
export function credentialOptions(options: CommandOptions): CredentialOptions {
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
    endpointUrl: options.text("endpoint-url"),
    caBundle: options.text("ca-bundle"),
  };
}

function fromCommandLine(spec: OptionSpec, parsed: ParsedOptions): Sourced<string> | undefined {
  const from: Origin = { option: `--${spec.name}` };
  const negated = spec.name.startsWith("no-");
  const value = parsed[camelCase(negated ? spec.name.slice("no-".length) : spec.name)];
  if (spec.value === undefined) return value === !negated ? { value: "true", from } : undefined;
  const last = Array.isArray(value) ? value.at(-1) : value;
  if (typeof last !== "string") return undefined;
  const text = unmark(last);
  if (text === "") throw new RolecallError("invalid-option", `--${spec.name} is empty`, { at: from });
  return { value: text, from };
}

function fromVariable(spec: OptionSpec, environment: Environment): Sourced<string> | undefined {
  const name = variableOf(spec);
  // Help is for whoever types, not for an environment.
  if (spec.name === "help") return undefined;
  const value = variable(environment, name);
  if (value === undefined) return undefined;
  const from: Origin = { variable: name };
  if (spec.value !== undefined) return { value, from };
  if (/^(1|true|yes|on)$/i.test(value)) return { value: "true", from };
  if (/^(0|false|no|off)$/i.test(value)) return undefined;
  throw new RolecallError("invalid-option", `"${value}" is neither true nor false`, {
    at: from,
    help: ["a switch's variable is 1 or 0, true or false"],
  });
}

/** As cac names options: `role-arn` is `roleArn`. */
function camelCase(name: string): string {
  return name.replace(/([a-z])-([a-z])/g, (_, before: string, after: string) => before + after.toUpperCase());
}
