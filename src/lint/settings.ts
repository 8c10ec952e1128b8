/** Checks values of rolecall's own settings that the reader of the settings accepts but AWS does not. */
import type { Settings } from "../config/settings.ts";
import type { Sourced } from "../domain/origin.ts";
import { lengthOf } from "../ini/spans.ts";
import { type Finding, finding } from "./finding.ts";
import { knownKey } from "./known_keys.ts";

export function* checkSettings(settings: Settings | undefined): Generator<Finding> {
  if (settings === undefined) return;
  yield* checkFormat("region", settings.region);
  for (const role of settings.roles.values()) {
    for (const arn of [role.roleArn, ...role.via]) yield* checkFormat("role_arn", arn);
    yield* checkFormat("mfa_serial", role.mfaSerial);
    yield* checkFormat("external_id", role.externalId);
    yield* checkFormat("role_session_name", role.roleSessionName);
  }
}

/** @param key the key of a profile that takes the same values as the setting. */
function* checkFormat(key: string, setting: Sourced<string> | undefined): Generator<Finding> {
  const format = knownKey("profile", key)?.format;
  if (setting === undefined || format === undefined || !("file" in setting.from) || format.matches(setting.value))
    return;
  yield finding(format.code, `invalid value "${setting.value}" for ${key}`, setting.from, {
    length: lengthOf(setting.value),
    help: [`use ${format.what}`],
  });
}
