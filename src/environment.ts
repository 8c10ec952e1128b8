/** The environment variables of the process, handed in so that nothing reads `process.env` behind anyone's back. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A variable's value. An empty variable counts as unset: task definitions and compose files pass empty ones for what
 * they do not set. (The AWS CLI takes most empty variables as values; the README lists this difference.)
 */
export function variable(environment: Environment, name: string): string | undefined {
  return environment[name] || undefined;
}
