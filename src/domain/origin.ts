/**
 * The origin of a value: a position in a file, a variable, an option or a default. Every value from outside carries its
 * origin, so that errors, `explain` and `check` can show where it was set.
 */

/** A position in a file. Lines and columns count from 1; columns count Unicode characters, not bytes. */
export interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Origin =
  | FilePosition
  | { readonly variable: string }
  | { readonly option: string }
  /** The value was not set: the reason for the default. */
  | { readonly default: string };

/** A value and its origin. */
export interface Sourced<T> {
  readonly value: T;
  readonly from: Origin;
  /** The values of the same setting that this one overrides, in order of precedence. Missing if there are none. */
  readonly overrides?: readonly Sourced<Plain>[];
}

/** The type of a setting, as text or parsed. */
type Plain = string | number | boolean;

/**
 * The first candidate that is set, with the others as the values that it overrides.
 *
 * @param candidates in order of precedence.
 */
export function highestPrecedence<T extends Plain>(
  ...candidates: readonly (Sourced<T> | undefined)[]
): Sourced<T> | undefined {
  // Without intermediate arrays: a plan takes dozens of these decisions, and most have one candidate or none.
  let first: Sourced<T> | undefined;
  let overrides: Sourced<Plain>[] | undefined;
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    if (first === undefined) {
      first = candidate;
      if (candidate.overrides !== undefined && candidate.overrides.length > 0) overrides = [...candidate.overrides];
    } else {
      overrides ??= [];
      overrides.push(withoutOverrides(candidate), ...(candidate.overrides ?? []));
    }
  }
  if (first === undefined || overrides === undefined) return first && withoutOverrides(first);
  return { value: first.value, from: first.from, overrides };
}

/** The same setting with another value, such as the parsed one. */
export function withValue<T>({ from, overrides }: Sourced<unknown>, value: T): Sourced<T> {
  return { value, from, ...(overrides === undefined ? {} : { overrides }) };
}

function withoutOverrides<T>({ value, from }: Sourced<T>): Sourced<T> {
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
