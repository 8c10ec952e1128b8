/**
 * The `default` profile in the copies of the AWS files that the command of `exec --serve` sees. Its credentials are in a
 * profile with another name there, so that they do not override the server.
 */
import { isCredentialKey } from "../domain/credential_keys.ts";
import type { Profile } from "./shared_config.ts";

export const MOVED_DEFAULT = "default-before-rolecall";

/**
 * Finds the profile that the user means by a name. Inside `exec --serve` a `default` that is asked for by name is the
 * user's own: without this rule its credentials would silently be those of the server.
 */
export function profileByName(profiles: ReadonlyMap<string, Profile>, name: string): Profile | undefined {
  const profile = profiles.get(name);
  if (name !== "default" || profile === undefined || [...profile.settings.keys()].some(isCredentialKey)) return profile;
  let moved = profiles.get(MOVED_DEFAULT);
  for (let number = 2, next = moved; next !== undefined; number++) {
    moved = next;
    next = profiles.get(`${MOVED_DEFAULT}-${number}`);
  }
  return moved ?? profile;
}
