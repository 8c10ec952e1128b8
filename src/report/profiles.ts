/** `profiles`: the list, for people and for programs. */
import { describeOrigin, type Sourced, shortOrigin } from "../domain/origin.ts";
import type { ProfileSummary } from "../plan/summary.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { tableLines } from "./table.ts";
import { abbreviateHome } from "./tilde.ts";

export interface ProfileList {
  readonly profiles: readonly ProfileSummary[];
  /** The profile that counts where none is named. */
  readonly chosen: Sourced<string> | undefined;
  /** Those of rolecall's own settings. */
  readonly roles: readonly ProfileSummary[];
}

const HEADER = ["KIND", "ROLE", "SOURCE", "REGION", "PLACE", ""];

/** Nothing is left empty but the last column, so that columns can be cut. */
const NOTHING = "-";

/** @param home the user's home folder, which is shown as `~`. */
export function renderProfiles({ profiles, chosen, roles }: ProfileList, paint: Colors, home: string): string {
  const ofFiles = profiles.length === 0 ? ["no profiles"] : tableOf("PROFILE", profiles, chosen, paint, home);
  const ofSettings = roles.length === 0 ? [] : ["", ...tableOf("--role", roles, undefined, paint, home)];
  return `${[...ofFiles, ...ofSettings].join("\n")}\n`;
}

function tableOf(
  what: string,
  list: readonly ProfileSummary[],
  chosen: Sourced<string> | undefined,
  paint: Colors,
  home: string,
): string[] {
  return tableLines([[what, ...HEADER], ...list.map((one) => cells(one, chosen, home))], (line, index) => {
    const one = list[index - 1];
    if (one === undefined) return paint.dim(line);
    if (one.kind === "broken") return paint.red(line);
    return one.name === chosen?.value ? paint.bold(line) : line;
  });
}

function cells(one: ProfileSummary, chosen: Sourced<string> | undefined, home: string): string[] {
  const { name, kind, roleArn, sourceProfile, credentialSource, region, from, error } = one;
  const notes = [
    ...(error === undefined ? [] : [error.code]),
    ...(chosen?.value === name
      ? ["default" in chosen.from ? "chosen" : `chosen by ${describeOrigin(chosen.from)}`]
      : []),
  ];
  return [
    name,
    kind,
    roleArn ?? NOTHING,
    sourceProfile ?? credentialSource ?? NOTHING,
    region ?? NOTHING,
    abbreviateHome(shortOrigin(from), home),
    notes.join(", "),
  ].map(escapeControls);
}

/** For `JSON.stringify`: part of the contract. Every key is always there, but `error`. */
export function profilesJson({ profiles, chosen }: ProfileList) {
  return profiles.map(({ name, kind, error, roleArn, sourceProfile, credentialSource, region, from }) => ({
    name,
    kind,
    roleArn: roleArn ?? null,
    sourceProfile: sourceProfile ?? null,
    credentialSource: credentialSource ?? null,
    region: region ?? null,
    chosen: name === chosen?.value,
    from,
    error,
  }));
}
