/** Help lines for settings that do not take effect as written, such as a key that continues another key's value. */
import type { FileSection, Profile, SharedConfig } from "../config/shared_config.ts";
import { describeOrigin, type FilePosition } from "../domain/origin.ts";

export interface SwallowedKey {
  readonly key: string;
  /** The key whose value continues on the line of `key`, and the position of that value. */
  readonly above: string;
  readonly from: FilePosition;
}

/**
 * Finds keys that are part of another key's value, because their line is indented deeper. Only the section's own lines
 * count, so that the time does not depend on what it inherits.
 *
 * @param keys the missing keys.
 */
export function findSwallowed(found: Profile | FileSection | undefined, keys: readonly string[]): SwallowedKey[] {
  if (found === undefined || keys.length === 0) return [];
  const sections = "own" in found ? [found] : [found.inConfig, found.inCredentials];
  const entries = sections.flatMap((section) => [...(section?.own ?? [])]);
  return entries.flatMap(([above, { value, from }]) => {
    if (!value.includes("\n")) return [];
    const key = value
      .split("\n")
      .slice(1)
      .map((line) => /^\s*([\w-]+)\s*[=:]/.exec(line)?.[1]?.toLowerCase())
      .find((name) => name !== undefined && keys.includes(name));
    return key === undefined ? [] : [{ key, above, from }];
  });
}

/** Help lines. The parameters are those of `findSwallowed`. */
export function swallowedKeys(found: Profile | FileSection | undefined, keys: readonly string[]): string[] {
  return findSwallowed(found, keys).map(
    ({ key, above, from }) =>
      `indent ${key} no deeper than ${above} (${describeOrigin(from)}): it is part of the value of ${above}`,
  );
}

/** The section `[NAME]` of the config file, which is not the profile of that name. */
export function sectionWithoutPrefix(
  profile: string,
  config: Pick<SharedConfig, "unknownSections" | "lookalikes">,
): { readonly name: string; readonly from: FilePosition; readonly correctName: string } | undefined {
  const found = config.unknownSections.get(config.lookalikes.get(profile) ?? "");
  if (found === undefined) return undefined;
  const quoted = /^[\w.@+/-]+$/.test(profile) ? profile : `"${profile}"`;
  return { name: found.name, from: found.from, correctName: `profile ${quoted}` };
}

/** Statements about settings of a profile that have no effect because another setting is missing. */
export function uselessSettings({ settings }: Profile): string[] {
  const sources = ["source_profile", "credential_source"].filter((key) => settings.has(key));
  const hasSso = settings.has("sso_account_id") || settings.has("sso_role_name");
  return [
    ...(settings.has("role_arn") ? [] : sources.map((key) => `${key} has no effect without role_arn`)),
    ...(settings.has("sso_session") && !hasSso
      ? ["sso_session has no effect without sso_account_id and sso_role_name"]
      : []),
    ...(settings.has("sso_start_url") && !settings.has("sso_session") && !hasSso
      ? ["sso_start_url has no effect without sso_account_id and sso_role_name"]
      : []),
  ];
}
