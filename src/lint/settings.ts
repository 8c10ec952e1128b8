/** Checks values of rolecall's own settings that the reader of the settings accepts but AWS does not. */
import type { Settings } from "../config/settings.ts";
import type { Sourced } from "../domain/origin.ts";
import type { Finding } from "./finding.ts";
import type { LintInput } from "./input.ts";
import { knownKey } from "./known_keys.ts";
import { checkMfaProcess } from "./references.ts";
import { formatFinding } from "./values.ts";

export function* checkSettings(settings: Settings | undefined, input: LintInput): Generator<Finding> {
  if (settings === undefined) return;
  yield* checkFormat("region", settings.region);
  for (const role of settings.roles.values()) {
    for (const arn of [role.roleArn, ...role.via]) yield* checkFormat("role_arn", arn);
    yield* checkFormat("mfa_serial", role.mfaSerial);
    yield* checkMfaProcess(role.mfaProcess, input);
    yield* checkFormat("external_id", role.externalId);
    yield* checkFormat("role_session_name", role.roleSessionName);
  }
}

/** @param key the key of a profile that takes the same values as the setting. */
function* checkFormat(key: string, setting: Sourced<string> | undefined): Generator<Finding> {
  const format = knownKey("profile", key)?.format;
  if (setting === undefined || format === undefined || !("file" in setting.from) || format.matches(setting.value))
    return;
  yield formatFinding(key, setting.value, setting.from, format);
}
