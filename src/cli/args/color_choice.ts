/** `--color`. */
import { RolecallError } from "../../domain/errors.ts";
import type { ColorChoice } from "../../report/colors.ts";
import type { CommandOptions } from "./options.ts";

/** @throws RolecallError `invalid-option`. */
export function colorChoice(options: CommandOptions): ColorChoice {
  const given = options.text("color");
  if (given === undefined) return "auto";
  if (given.value === "auto" || given.value === "always" || given.value === "never") return given.value;
  throw new RolecallError("invalid-option", `"${given.value}" is not auto, always or never`, { at: given.from });
}
