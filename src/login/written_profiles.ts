/**
 * The profiles that `profiles add` writes to the config file, and their removal. A comment in each section says what was
 * written: `aws configure set` keeps comments, so that a later change can be recognized.
 */
import { profileNameOf } from "../config/merge.ts";
import type { Profile, SharedConfig } from "../config/shared_config.ts";
import type { IniSection } from "../ini/document.ts";
import { EditableLines } from "../ini/editable_lines.ts";
import { parseIni } from "../ini/parse.ts";
import { LINE_END } from "../ini/spans.ts";
import type { Assignment } from "./assignments.ts";
import { DEFAULT_SCOPES } from "./oidc.ts";

export interface NewProfile extends Pick<Assignment, "accountId" | "roleName"> {
  readonly name: string;
}

export interface NewSession {
  /** A name that needs no quotes. */
  readonly name: string;
  readonly startUrl: string;
  readonly region: string;
}

export interface ProfileChanges {
  /** The sso-session of the new profiles. */
  readonly session: string;
  readonly added: readonly NewProfile[];
  /** Names of profiles that `profiles add` has written. */
  readonly removed: readonly string[];
}

const MARK = "# Written by rolecall profiles add:";

/** The text with a new sso-session at its end: the keys of `aws configure sso-session`. */
export function withSession(text: string, { name, startUrl, region }: NewSession): string {
  const lines = new EditableLines(text);
  lines.append([
    `[sso-session ${name}]`,
    `sso_start_url = ${startUrl}`,
    `sso_region = ${region}`,
    `sso_registration_scopes = ${DEFAULT_SCOPES.join(",")}`,
  ]);
  return lines.toString();
}

/**
 * The text without the removed profiles and with the added ones at its end.
 *
 * @param path of the file, for the positions of problems.
 * @throws RolecallError if the result cannot be parsed.
 */
export function changeProfiles(text: string, path: string, { session, added, removed }: ProfileChanges): string {
  const lines = new EditableLines(text);
  const old = text.split(LINE_END);
  for (const section of parseIni(text, path).sections.values()) {
    const name = profileNameOf(section.name);
    if (name === undefined || !removed.includes(name)) continue;
    const { line } = section.from;
    // The empty line above was written, too.
    const first = line > 1 && old[line - 2]?.trim() === "" ? line - 1 : line;
    lines.replace(first, line + WRITTEN_LINES, []);
  }
  for (const profile of added) lines.append([`[profile ${profile.name}]`, ...sectionLines(session, profile)]);
  const edited = lines.toString();
  // A file that cannot be parsed would break every AWS tool.
  parseIni(edited, path);
  return edited;
}

/** The lines below the header. */
function sectionLines(session: string, { accountId, roleName }: Pick<NewProfile, "accountId" | "roleName">): string[] {
  return [
    `${MARK} ${accountId} ${roleName}`,
    `sso_session = ${session}`,
    `sso_account_id = ${accountId}`,
    `sso_role_name = ${roleName}`,
  ];
}

const WRITTEN_LINES = 4;

export interface OldProfiles {
  /** Profiles that `profiles add` has written and that nobody has changed. */
  readonly unchanged: readonly string[];
  /** Those that somebody has changed, or that other profiles use. */
  readonly kept: readonly { readonly name: string; readonly why: string }[];
}

/**
 * The profiles of a session that `profiles add` has written and whose role is not in the list.
 *
 * @param text of the config file.
 */
export function profilesWithoutRole(
  session: string,
  assignments: readonly Assignment[],
  config: SharedConfig,
  text: string,
): OldProfiles {
  const current = new Set(assignments.map(({ accountId, roleName }) => `${accountId} ${roleName}`));
  const lines = text.split(LINE_END);
  const users = new Map(
    [...config.profiles.values()].flatMap(({ name, settings }) => {
      const source = settings.get("source_profile")?.value;
      return source === undefined || source === name ? [] : [[source, name] as const];
    }),
  );
  const unchanged: string[] = [];
  const kept: { name: string; why: string }[] = [];
  for (const section of parseIni(text, config.configFile).sections.values()) {
    const name = profileNameOf(section.name);
    const profile = name === undefined ? undefined : config.profiles.get(name);
    const written = writtenRole(section, lines);
    if (profile === undefined || written === undefined || current.has(written)) continue;
    // The role that the profile has now may be another one, which a person wrote.
    if (section.own.get("sso_session")?.value !== session) continue;
    const user = users.get(profile.name);
    if (!isUnchanged(section, profile, written, session, lines)) {
      kept.push({ name: profile.name, why: "it has been changed" });
    } else if (user !== undefined) kept.push({ name: profile.name, why: `the profile "${user}" uses it` });
    else unchanged.push(profile.name);
  }
  return { unchanged, kept };
}

/** What the comment says: the account and the role. */
function writtenRole({ from, own }: IniSection, lines: readonly string[]): string | undefined {
  const last = Math.max(from.line, ...[...own.values()].map(({ keyFrom }) => keyFrom.line));
  const mark = lines.slice(from.line, last).find((line) => line.startsWith(`${MARK} `));
  return mark?.slice(MARK.length).trim();
}

function isUnchanged(
  { own, from }: IniSection,
  { inConfig, inCredentials }: Profile,
  written: string,
  session: string,
  lines: readonly string[],
): boolean {
  const [accountId = "", roleName = ""] = written.split(" ");
  const expected = sectionLines(session, { accountId, roleName });
  const actual = lines.slice(from.line, from.line + WRITTEN_LINES);
  const isEffective = inConfig?.from.line === from.line;
  return (
    isEffective &&
    inCredentials === undefined &&
    own.size === WRITTEN_LINES - 1 &&
    expected.every((line, index) => line === actual[index])
  );
}
