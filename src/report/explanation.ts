/** The input of `explain`, for people and for programs. */

import type { Sourced } from "../domain/origin.ts";
import type { Plan } from "../plan/plan.ts";
import type { Preview } from "../resolve/preview.ts";
import type { StsExplanation } from "../sts/explain.ts";

export interface Explanation {
  readonly plan: Plan;
  /** The chosen profile, even if neither file defines it (`default`). */
  readonly profileName: Sourced<string>;
  readonly sts: StsExplanation;
  /** The proxy for STS, without user and password. */
  readonly proxy: Sourced<string> | undefined;
  /** The seconds for which a cached session must still be valid. */
  readonly minTtl: Sourced<number>;
  readonly preview: Preview;
}

/** Why a plan without a configured region has none, or which region `exec` then sets. */
export function unsetRegion({ sts }: Plan): string {
  return sts.regionFromInstance ? "not set: exec sets the instance's, if its metadata has one" : "not set";
}

/** Removes user and password from a URL. Any other text stays as it is. */
export function redactPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}

/** The program of a command, without its arguments, which may contain secrets. */
export function program({ value: [name = ""], from, overrides }: Sourced<readonly string[]>): Sourced<string> {
  const programs = overrides?.map((other) => ({ value: `${other.value}`.split(/\s/)[0] ?? "", from: other.from }));
  return { value: name, from, ...(programs === undefined ? {} : { overrides: programs }) };
}
