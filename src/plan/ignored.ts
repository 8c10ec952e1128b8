/** Settings that are there, for telling of those that have no say. */
import type { FileSection, Profile } from "../config/shared_config.ts";
import { type Environment, variable } from "../domain/environment.ts";
import type { Origin } from "../domain/origin.ts";
import type { Ignored } from "./plan.ts";

/** A variable, or a key of a profile. */
export interface SetSetting {
  readonly what: string;
  readonly from: Origin;
}

/** The settings of a section that are there, each with its place. */
export function setKeys(
  section: Pick<Profile | FileSection, "settings"> | undefined,
  ...names: readonly string[]
): SetSetting[] {
  return names.flatMap((what) => {
    const found = section?.settings.get(what);
    return found === undefined ? [] : [{ what, from: found.from }];
  });
}

/** The variables of these names that are set. */
export function setVariables(environment: Environment, ...names: readonly string[]): SetSetting[] {
  return names
    .filter((name) => variable(environment, name) !== undefined)
    .map((name) => ({ what: name, from: { variable: name } }));
}

/** All of them, with one reason. */
export function because(why: string, settings: readonly SetSetting[]): Ignored[] {
  return settings.map(({ what, from }) => ({ what, from, why }));
}
