/** `--color`. */
import { RolecallError } from "../errors.ts";
import type { ColorChoice } from "../report/paint.ts";
import type { CommandOptions } from "./options.ts";

/** @throws RolecallError `invalid-option` for a word that is none of the three. */
export function colorChoice(options: CommandOptions): ColorChoice {
  const given = options.text("color");
  if (given === undefined) return "auto";
  if (given.value === "auto" || given.value === "always" || given.value === "never") return given.value;
  throw new RolecallError("invalid-option", `"${given.value}" is not auto, always or never`, { at: given.from });
}
