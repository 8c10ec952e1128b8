/** Keys of a profile that have no effect, and sources that are never asked, as the plan has it. */
import type { Profile, Setting } from "../config/shared_config.ts";
import type { FilePosition, Origin } from "../domain/origin.ts";
import type { IniEntry } from "../ini/document.ts";
import { KEYS_IGNORED_BY_WEB_IDENTITY, ROLE_KEYS } from "../plan/ignored.ts";
import type { Plan } from "../plan/plan.ts";
import { type Finding, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";

/** (Not mfa_serial and mfa_process: `--mfa-session` reads them where there is no role, too.) */
const ONLY_WITH_ROLE = [...ROLE_KEYS, "role_session_name"];

export function* checkIgnoredKeys({ merged }: LintedFiles, plans: ReadonlyMap<string, Plan>): Generator<Finding> {
  for (const profile of merged.profiles.values()) {
    const { settings } = profile;
    const token = settings.get("web_identity_token_file");
    if (token === undefined && !settings.has("role_arn")) {
      for (const key of ONLY_WITH_ROLE) yield* idle(profile, key, `${key} means nothing without role_arn`);
    } else if (token !== undefined) {
      for (const key of KEYS_IGNORED_BY_WEB_IDENTITY)
        yield* idle(profile, key, `${key} means nothing with web_identity_token_file`);
    }
    const plan = plans.get(profile.name);
    if (plan !== undefined) yield* checkShadowed(profile, plan);
  }
}

function* idle(profile: Profile, key: string, message: string): Generator<Finding> {
  const entry = ownEntry(profile, key);
  if (entry === undefined) return;
  yield finding("key-without-effect", message, entry.keyFrom, {
    length: key.length,
    help: [`the profile "${profile.name}" is used as if the line were not there`],
  });
}

/** What makes each source of a profile one. */
function triggers({
  settings,
  inConfig,
  inCredentials,
}: Profile): (readonly [key: string, setting: Setting | undefined])[] {
  return [
    ["role_arn", settings.get("role_arn")],
    ["web_identity_token_file", settings.get("web_identity_token_file")],
    ["sso_account_id", settings.get("sso_account_id") ?? settings.get("sso_role_name")],
    ["aws_access_key_id", inCredentials?.settings.get("aws_access_key_id")],
    ["login_session", settings.get("login_session")],
    ["credential_process", settings.get("credential_process")],
    ["aws_access_key_id", inConfig?.settings.get("aws_access_key_id")],
  ];
}

function* checkShadowed(profile: Profile, { source, roles }: Plan): Generator<Finding> {
  const winner = roles.at(-1)?.from ?? source.from;
  const keysAreSource = source.kind === "static" && source.profile === profile.name;
  for (const [key, setting] of triggers(profile)) {
    if (setting === undefined || isSame(setting.from, winner) || isSame(setting.from, source.from)) continue;
    // Its role is the one that the token is for.
    if (key === "role_arn" && source.kind === "web-identity") continue;
    if (key === "aws_access_key_id" && roles.length > 0 && !keysAreSource) {
      yield finding(
        "role-and-keys",
        `the profile "${profile.name}" has a role, and keys that it is not assumed with`,
        setting.from,
        {
          length: setting.value.length,
          help: [
            "chosen, the profile is its role, and its keys are ignored",
            "as the source_profile of another it is its keys, and its role is not assumed",
            "put the keys into a profile of their own",
          ],
        },
      );
      continue;
    }
    yield finding(
      "source-shadowed",
      `${key} is never asked for credentials: ${winnerText(winner)} comes first`,
      setting.from,
      {
        length: setting.value.split("\n", 1)[0]?.length,
        help: ["remove whichever of them is not meant"],
      },
    );
  }
}

function winnerText(winner: Origin): string {
  return "file" in winner ? `line ${winner.line} of ${winner.file}` : "another source";
}

function isSame(place: FilePosition, other: Origin): boolean {
  return "file" in other && place.file === other.file && place.line === other.line && place.column === other.column;
}

function ownEntry({ inConfig, inCredentials }: Profile, key: string): IniEntry | undefined {
  return inCredentials?.own.get(key) ?? inConfig?.own.get(key);
}
