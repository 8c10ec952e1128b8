/** Finds keys of a profile that have no effect, and credential sources that another source overrides. */
import type { Profile, Setting } from "../config/shared_config.ts";
import type { FilePosition, Origin } from "../domain/origin.ts";
import type { IniEntry } from "../ini/document.ts";
import { KEYS_IGNORED_BY_WEB_IDENTITY, ROLE_KEYS } from "../plan/ignored.ts";
import type { Plan } from "../plan/plan.ts";
import { type Finding, finding } from "./finding.ts";
import type { LintedFiles } from "./input.ts";

/** mfa_serial and mfa_process are not among them: `--mfa-session` reads them from profiles without a role, too. */
const KEYS_THAT_NEED_ROLE_ARN = [...ROLE_KEYS, "role_session_name"];

export function* checkIgnoredKeys({ merged }: LintedFiles, plans: ReadonlyMap<string, Plan>): Generator<Finding> {
  for (const profile of merged.profiles.values()) {
    const { name, settings } = profile;
    const hasToken = settings.has("web_identity_token_file");
    if (!hasToken && !settings.has("role_arn")) {
      for (const key of KEYS_THAT_NEED_ROLE_ARN)
        yield* ignoredKey(profile, key, "without role_arn", `remove it, or add role_arn to the profile "${name}"`);
    } else if (hasToken) {
      for (const key of KEYS_IGNORED_BY_WEB_IDENTITY)
        yield* ignoredKey(
          profile,
          key,
          "with web_identity_token_file",
          "remove it: the web identity token assumes the role",
        );
    }
    const plan = plans.get(name);
    if (plan !== undefined) yield* checkOverridden(profile, plan);
  }
}

function* ignoredKey(profile: Profile, key: string, condition: string, help: string): Generator<Finding> {
  const entry = ownEntry(profile, key);
  if (entry === undefined) return;
  yield finding("key-without-effect", `${key} has no effect ${condition}`, entry.keyFrom, {
    length: key.length,
    help: [help],
  });
}

/** The keys of the profile that select a credential source or a role, in no particular order. */
function sourceSettings({ settings, inConfig, inCredentials }: Profile): (readonly [key: string, setting: Setting])[] {
  const present: (readonly [key: string, setting: Setting])[] = [];
  const add = (key: string, setting: Setting | undefined) => {
    if (setting !== undefined) present.push([key, setting]);
  };
  add("role_arn", settings.get("role_arn"));
  add("web_identity_token_file", settings.get("web_identity_token_file"));
  add("sso_account_id", settings.get("sso_account_id") ?? settings.get("sso_role_name"));
  add("aws_access_key_id", inCredentials?.settings.get("aws_access_key_id"));
  add("login_session", settings.get("login_session"));
  add("credential_process", settings.get("credential_process"));
  add("aws_access_key_id", inConfig?.settings.get("aws_access_key_id"));
  return present;
}

function* checkOverridden(profile: Profile, { source, roles }: Plan): Generator<Finding> {
  const used = roles.at(-1)?.from ?? source.from;
  const keysAssumeRole = source.kind === "static" && source.profile === profile.name;
  for (const [key, setting] of sourceSettings(profile)) {
    if (isSame(setting.from, used) || isSame(setting.from, source.from)) continue;
    // The web identity token is for this role.
    if (key === "role_arn" && source.kind === "web-identity") continue;
    if (key === "aws_access_key_id" && roles.length > 0 && !keysAssumeRole) {
      yield finding(
        "role-and-keys",
        `the profile "${profile.name}" has a role and access keys, but the keys do not assume the role`,
        setting.from,
        {
          length: setting.value.length,
          help: [
            `move the keys to a profile of their own: --profile ${profile.name} uses the role, ` +
              `but source_profile = ${profile.name} uses the keys`,
          ],
        },
      );
      continue;
    }
    yield finding(
      "source-shadowed",
      `${key} is not used for credentials: ${positionText(used)} takes precedence`,
      setting.from,
      {
        length: setting.value.split("\n", 1)[0]?.length,
        help: ["remove one of the two"],
      },
    );
  }
}

function positionText(origin: Origin): string {
  return "file" in origin ? `line ${origin.line} of ${origin.file}` : "another source";
}

function isSame(position: FilePosition, other: Origin): boolean {
  return (
    "file" in other && position.file === other.file && position.line === other.line && position.column === other.column
  );
}

function ownEntry({ inConfig, inCredentials }: Profile, key: string): IniEntry | undefined {
  return inCredentials?.own.get(key) ?? inConfig?.own.get(key);
}
