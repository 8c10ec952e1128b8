/** Parses `--format`. */
import { invalidValue } from "../../domain/errors.ts";
import { useOneOf } from "../../domain/help_texts.ts";
import type { Sourced } from "../../domain/origin.ts";
import { didYouMean } from "../../text/suggest.ts";

/**
 * The format that `--format` names, or the default.
 *
 * @throws RolecallError `invalid-option` for an unknown format.
 */
export function formatOption<Format extends string>(
  given: Sourced<string> | undefined,
  formats: readonly Format[],
  defaultFormat: Format,
): Format {
  if (given === undefined) return defaultFormat;
  const format = formats.find((known) => known === given.value);
  if (format !== undefined) return format;
  throw invalidValue("format", given, didYouMean(given.value, formats, useOneOf(formats)));
}
