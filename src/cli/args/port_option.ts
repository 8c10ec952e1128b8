/** Parses an option that is a port. */
import { invalidValue } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";

/**
 * @param min the lowest number: 0 if that means any free port, else 1.
 * @throws RolecallError `invalid-option`.
 */
export function portOption(given: Sourced<string> | undefined, min: 0 | 1): Sourced<number> | undefined {
  if (given === undefined) return undefined;
  const port = Number(given.value);
  if (/^\d{1,5}$/.test(given.value) && port >= min && port <= 65_535) return { value: port, from: given.from };
  throw invalidValue("port", given, [`use a number from 1 to 65535${min === 0 ? ", or 0 for any free port" : ""}`]);
}
