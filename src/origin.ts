/**
 * Where a value came from. Every value that enters rolecall from outside carries one, so that errors, `explain` and
 * `check` can name the very place a person has to look at.
 */

/** A place in a file. Lines and columns count from 1; a column counts Unicode characters, not bytes. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Origin =
  | FilePlace
  | { readonly variable: string }
  | { readonly option: string }
  /** Nobody set it: the reason for the value. */
  | { readonly default: string };

/** A value together with where it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly from: Origin;
}

/** The origin in one short piece of text: `~/.aws/config:7:18`, `AWS_REGION`, `--region`. */
export function describeOrigin(origin: Origin): string {
  if ("file" in origin) return `${origin.file}:${origin.line}:${origin.column}`;
  if ("variable" in origin) return `the variable ${origin.variable}`;
  if ("option" in origin) return `the option ${origin.option}`;
  return origin.default;
}
