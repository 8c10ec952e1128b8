/** The environment variables of the process. They are passed in: only the entry point reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What identifies a variable: on Windows, a name in any case. @param platform as `process.platform`. */
export function variableKey(name: string, platform: string): string {
  return platform === "win32" ? name.toUpperCase() : name;
}

/** The environment for lookups by name: on Windows all names are in upper case. @param platform as `process.platform`. */
export function withVariableKeys(environment: Environment, platform: string): Environment {
  if (platform !== "win32") return environment;
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [variableKey(name, platform), value]));
}

/**
 * A variable's value. A variable that is empty or only white space counts as not set. Task definitions and compose
 * files pass empty variables for what they do not set. White space counts as empty in the AWS SDK for Rust, too. (The
 * AWS CLI reads most empty variables as values; the README lists this difference.)
 */
export function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  return value === undefined || value.trim() === "" ? undefined : value;
}

/** Whether the variable is set, but counts as not set. */
export function isBlank(environment: Environment, name: string): boolean {
  return environment[name] !== undefined && variable(environment, name) === undefined;
}

/** The difference between the environment of a command and rolecall's own. */
export interface EnvironmentChange {
  /** Whether the variable of this name is removed. */
  removes(name: string): boolean;
  /** The variables to set, in order, after those that are kept. */
  readonly sets: ReadonlyMap<string, string>;
}

/**
 * The environment with the change applied. Variables that are kept stay in their order, with their names as they are.
 *
 * @param platform as `process.platform`.
 */
export function withChange(
  environment: Environment,
  change: EnvironmentChange,
  platform: string,
): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isChanged(variableKey(name, platform), change)) result.set(name, value);
  }
  for (const [name, value] of change.sets) result.set(name, value);
  return result;
}

/** Whether the change removes or sets the variable. */
export function isChanged(name: string, change: EnvironmentChange): boolean {
  return change.removes(name) || change.sets.has(name);
}
