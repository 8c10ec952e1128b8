/** The options of one call, from the command line and from the `ROLECALL_…` variables. */
import type { Effects } from "../../domain/effects.ts";
import { type Environment, variable } from "../../domain/environment.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import { type CommandName, OPTIONS, type OptionSpec, optionVariable } from "../../domain/option_table.ts";
import type { Origin, Sourced } from "../../domain/origin.ts";
import { readRequiredFile } from "../../files/required_file.ts";
import type { CredentialOptions } from "../../plan/scope.ts";
import { sourcedVariable } from "../../plan/scope.ts";
import { unmark } from "./arguments.ts";

/** What cac made of the options; a switch `--no-x` arrives as `x: false`. */
export type ParsedOptions = Readonly<Record<string, unknown>>;

export interface CommandOptions {
  /** An option's value, whoever set it; of several, the last. */
  text(name: string): Sourced<string> | undefined;
  switch(name: string): boolean;
  /** All values of an option that may be repeated; its variable has them with commas between. */
  list(name: string): readonly Sourced<string>[];
}

/**
 * The options of a command. The command line wins over the variable.
 *
 * @throws RolecallError `invalid-option` for a switch's variable that is neither true nor false.
 */
export function commandOptions(command: CommandName, parsed: ParsedOptions, environment: Environment): CommandOptions {
  const given = new Map<string, readonly Sourced<string>[]>();
  for (const spec of OPTIONS) {
    if (!spec.commands.includes(command)) continue;
    const typed = fromCommandLine(spec, parsed);
    const values = typed.length > 0 ? typed : fromVariable(spec, environment);
    const [first] = values;
    if (first === undefined) continue;
    given.set(spec.name, values);
  }
  return {
    text: (name) => given.get(name)?.at(-1),
    switch: (name) => given.has(name),
    list: (name) => given.get(name) ?? [],
  };
}

/** The profile that `ROLECALL_PROFILE` chooses: for commands that tell of the choice and have no option for it. */
export function profileFromVariable(environment: Environment): Sourced<string> | undefined {
  return sourcedVariable(environment, "ROLECALL_PROFILE");
}

/**
 * The options that choose credentials, as `plan/` takes them.
 *
 * @param readFile as in `Effects`, for a policy that is given as `@FILE`.
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
 * The options that choose credentials as words for another command line. What variables say, that one reads itself.
 *
 * @param except names of options that are left out.
 */
export function credentialArguments(options: CommandOptions, except: readonly string[]): string[] {
  return OPTIONS.filter(
    ({ name, choosesCredentials }) => choosesCredentials === true && !except.includes(name),
  ).flatMap(({ name, value }) =>
    options
      .list(name)
      .filter(({ from }) => "option" in from)
      .map((given) => (value === undefined ? `--${name}` : `--${name}=${given.value}`)),
  );
}

/** @throws RolecallError `invalid-option` for a file that cannot be read. */
function policyText(policy: Sourced<string> | undefined, readFile: Effects["readFile"]): Sourced<string> | undefined {
  if (!policy?.value.startsWith("@")) return policy;
  const file = policy.value.slice(1);
  const value = readRequiredFile(
    file,
    readFile,
    (why) => new RolecallError("invalid-option", `the policy file ${file} ${why}`, { at: policy.from }),
  );
  return { value, from: policy.from };
}

function fromCommandLine(spec: OptionSpec, parsed: ParsedOptions): readonly Sourced<string>[] {
  const from: Origin = { option: `--${spec.name}` };
  const negated = spec.name.startsWith("no-");
  const value = parsed[camelCase(negated ? spec.name.slice("no-".length) : spec.name)];
  if (spec.value === undefined) return value === !negated ? [{ value: "true", from }] : [];
  return [value].flat().flatMap((one: unknown) => {
    if (typeof one !== "string") return [];
    const text = unmark(one);
    if (text === "") throw new RolecallError("invalid-option", `--${spec.name} is empty`, { at: from });
    return [{ value: text, from }];
  });
}

function fromVariable(spec: OptionSpec, environment: Environment): readonly Sourced<string>[] {
  const name = optionVariable(spec);
  // Help is for whoever types, not for an environment.
  if (spec.name === "help") return [];
  const value = variable(environment, name);
  if (value === undefined) return [];
  const from: Origin = { variable: name };
  if (spec.list === true) return value.split(",").map((one) => ({ value: one.trim(), from }));
  if (spec.value !== undefined) return [{ value, from }];
  if (/^(1|true|yes|on)$/i.test(value)) return [{ value: "true", from }];
  if (/^(0|false|no|off)$/i.test(value)) return [];
  throw invalidValue("boolean", { value, from }, ["use true or false, or 1 or 0"]);
}

/** As cac names options: `role-arn` is `roleArn`. */
function camelCase(name: string): string {
  return name.replace(/([a-z])-([a-z])/g, (_, before: string, after: string) => before + after.toUpperCase());
}
