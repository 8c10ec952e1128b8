/** rolecall's own settings: what their reader leaves to others. */
import type { Settings } from "../config/settings.ts";
import type { Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import { type Finding, finding } from "./finding.ts";
import { knownKey } from "./known_keys.ts";

export function* checkSettings(settings: Settings | undefined): Generator<Finding> {
  if (settings === undefined) return;
  yield* checkShape("region", settings.region);
  for (const role of settings.roles.values()) {
    for (const arn of [role.roleArn, ...role.via]) yield* checkShape("role_arn", arn);
    yield* checkShape("mfa_serial", role.mfaSerial);
    yield* checkShape("external_id", role.externalId);
    yield* checkShape("role_session_name", role.roleSessionName);
  }
}

/** @param key that of a profile which means the same. */
function* checkShape(key: string, setting: Sourced<string> | undefined): Generator<Finding> {
  const shape = knownKey("profile", key)?.shape;
  if (setting === undefined || shape === undefined || !("file" in setting.from) || shape.matches(setting.value)) return;
  yield finding(shape.code, `"${setting.value}" is no value for ${key}`, setting.from, {
    length: lengthOf(key),
    help: [`it is ${shape.what}`],
  });
}
