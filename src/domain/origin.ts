/**
 * Where a value came from. Every value that enters rolecall from outside carries one, so that errors, `explain` and
 * `check` can name the very place a person has to look at.
 */

/** A place in a file. Lines and columns count from 1; a column counts Unicode characters, not bytes. */
export interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Origin =
  | FilePosition
  | { readonly variable: string }
  | { readonly option: string }
  /** Nobody set it: the reason for the value. */
  | { readonly default: string };

/** A value together with where it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly from: Origin;
  /** What it won against: the same setting in weaker places, strongest first. Not there where it stood alone. */
  readonly overrides?: readonly Sourced<Plain>[];
}

/** What a setting is before and after its text is read. */
type Plain = string | number | boolean;

/** The first of the candidates that is there, with the others as what it won against. */
export function highestPrecedence<T extends Plain>(
  ...candidates: readonly (Sourced<T> | undefined)[]
): Sourced<T> | undefined {
  const [winner, ...losers] = candidates.filter((candidate) => candidate !== undefined);
  if (winner === undefined) return undefined;
  const overrides = [
    ...(winner.overrides ?? []),
    ...losers.flatMap((loser) => [bare(loser), ...(loser.overrides ?? [])]),
  ];
  return { ...bare(winner), ...(overrides.length === 0 ? {} : { overrides }) };
}

/** The same setting with what its text means in place of the text. */
export function withValue<T>({ from, overrides }: Sourced<unknown>, value: T): Sourced<T> {
  return { value, from, ...(overrides === undefined ? {} : { overrides }) };
}

function bare<T>({ value, from }: Sourced<T>): Sourced<T> {
  return { value, from };
}

/** The origin as part of a sentence: `/home/me/.aws/config:7:18`, `the variable AWS_REGION`, `the option --region`. */
export function describeOrigin(origin: Origin): string {
  if ("variable" in origin) return `the variable ${origin.variable}`;
  if ("option" in origin) return `the option ${origin.option}`;
  return shortOrigin(origin);
}

/** The origin by itself: `/home/me/.aws/config:7:18`, `AWS_REGION`, `--region`. */
export function shortOrigin(origin: Origin): string {
  if ("file" in origin) return `${origin.file}:${origin.line}:${origin.column}`;
  if ("variable" in origin) return origin.variable;
  return "option" in origin ? origin.option : origin.default;
}
