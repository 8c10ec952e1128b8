/** The environment variables of the process, handed in so that nothing reads `process.env` behind anyone's back. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A variable's value. An empty variable counts as unset: task definitions and compose files pass empty ones for what
 * they do not set. (The AWS CLI takes most empty variables as values; the README lists this difference.)
 */
export function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}

/** What a command's environment has different from rolecall's own. */
export interface EnvironmentChange {
  /** Whether a variable of this name is left out. */
  removes(name: string): boolean;
  /** Set in this order, after all that is kept. */
  readonly sets: ReadonlyMap<string, string>;
}

/** The environment with the change made; what is kept stays in its order. */
export function withChange(environment: Environment, change: EnvironmentChange): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !isChanged(name, change)) result.set(name, value);
  }
  for (const [name, value] of change.sets) result.set(name, value);
  return result;
}

/** Whether the variable does not stay as it is. */
export function isChanged(name: string, change: EnvironmentChange): boolean {
  return change.removes(name) || change.sets.has(name);
}
