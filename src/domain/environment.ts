/** The environment variables of the process. They are passed in: only the entry point reads `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

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

/** The environment with the change applied. Variables that are kept stay in their order. */
export function withChange(environment: Environment, change: EnvironmentChange): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isChanged(name, change)) result.set(name, value);
  }
  for (const [name, value] of change.sets) result.set(name, value);
  return result;
}

/** Whether the change removes or sets the variable. */
export function isChanged(name: string, change: EnvironmentChange): boolean {
  return change.removes(name) || change.sets.has(name);
}
