/** The output of `profiles`, for people and for programs. */
import { describeOrigin, type Sourced, shortOrigin } from "../domain/origin.ts";
import type { ProfileSummary } from "../plan/summary.ts";
import type { Colors } from "./colors.ts";
import { escapeControls, isShownUnchanged } from "./error.ts";
import { tableLines } from "./table.ts";
import { abbreviateHome } from "./tilde.ts";

export interface ProfileList {
  readonly profiles: readonly ProfileSummary[];
  /** The profile that is used if none is named. */
  readonly chosen: Sourced<string> | undefined;
  /** The roles of rolecall's own settings file. */
  readonly roles: readonly ProfileSummary[];
}

const HEADER = ["KIND", "ROLE", "SOURCE", "REGION", "LOCATION", ""];

/** For a value that is not set. Only the last column can be empty, so that other programs can split the line. */
const NOT_SET = "-";

/** @param home the user's home folder, which is abbreviated to `~`. */
export function renderProfiles({ profiles, chosen, roles }: ProfileList, colors: Colors, home: string): string {
  const profileLines =
    profiles.length === 0 ? ["no profiles"] : summaryTable("PROFILE", profiles, chosen, colors, home);
  const roleLines = roles.length === 0 ? [] : ["", ...summaryTable("--role", roles, undefined, colors, home)];
  return `${[...profileLines, ...roleLines].join("\n")}\n`;
}

function summaryTable(
  title: string,
  list: readonly ProfileSummary[],
  chosen: Sourced<string> | undefined,
  colors: Colors,
  home: string,
): string[] {
  const rows = list.map((summary) => {
    const row = cells(summary, chosen, home);
    // One look at the whole row is enough for most rows. A space separates cells as it separates words.
    return isShownUnchanged(row.join(" ")) ? row : row.map(escapeControls);
  });
  return tableLines([[title, ...HEADER], ...rows], (line, index) => {
    const summary = list[index - 1];
    if (summary === undefined) return colors.dim(line);
    if (summary.kind === "broken") return colors.red(line);
    return summary.name === chosen?.value ? colors.bold(line) : line;
  });
}

function cells(summary: ProfileSummary, chosen: Sourced<string> | undefined, home: string): string[] {
  const { name, kind, roleArn, sourceProfile, credentialSource, region, from, error } = summary;
  const notes = [
    ...(error === undefined ? [] : [error.code]),
    ...(chosen?.value === name
      ? ["default" in chosen.from ? "chosen" : `chosen by ${describeOrigin(chosen.from)}`]
      : []),
  ];
  return [
    name,
    kind,
    roleArn ?? NOT_SET,
    sourceProfile ?? credentialSource ?? NOT_SET,
    region ?? NOT_SET,
    abbreviateHome(shortOrigin(from), home),
    notes.join(", "),
  ];
}

/** The list for `JSON.stringify`. It is part of the contract: every key is always present, except `error`. */
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
