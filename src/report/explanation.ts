/** What there is to tell about a plan, for people and for programs alike. */

import type { Sourced } from "../domain/origin.ts";
import type { Plan } from "../plan/plan.ts";
import type { Preview } from "../resolve/preview.ts";
import type { StsExplanation } from "../sts/explain.ts";

export interface Explanation {
  readonly plan: Plan;
  /** Also where the profile is defined nowhere (`default`). */
  readonly profileName: Sourced<string>;
  readonly sts: StsExplanation;
  /** What STS is asked through, without user and password. */
  readonly proxy: Sourced<string> | undefined;
  /** Seconds that a cached session has to live. */
  readonly minTtl: Sourced<number>;
  readonly preview: Preview;
}

/** A URL without the user and password that may stand in it; any other text as it is. */
export function redactPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}

/** A command by its program alone: some people write secrets into its arguments. */
export function program({ value: [name = ""], from, overrides }: Sourced<readonly string[]>): Sourced<string> {
  const programs = overrides?.map((other) => ({ value: `${other.value}`.split(/\s/)[0] ?? "", from: other.from }));
  return { value: name, from, ...(programs === undefined ? {} : { overrides: programs }) };
}
