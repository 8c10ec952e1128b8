/** Access keys in a profile. */
import type { FileSection } from "../../config/shared_config.ts";
import { looksSwapped } from "../../domain/credentials.ts";
import { RolecallError } from "../../domain/errors.ts";
import { swapKeys } from "../../domain/help_texts.ts";
import { swallowedKeys } from "../hints.ts";
import type { StaticStep } from "../plan.ts";

/**
 * The step for a profile's keys in one of the two files; undefined if it has no `aws_access_key_id` there. Keys of the
 * two files are never combined. A secret without a key id is ignored, as in the AWS CLI.
 *
 * @throws RolecallError `partial-credentials` for a key id without its secret, as in the AWS CLI; `invalid-setting` for a
 * key id that looks like a secret.
 */
export function staticKeys(
  profile: string,
  section: FileSection | undefined,
  file: StaticStep["file"],
): StaticStep | undefined {
  const keyId = section?.settings.get("aws_access_key_id");
  if (section === undefined || keyId === undefined) return undefined;
  const secret = section.settings.get("aws_secret_access_key");
  if (secret === undefined || secret.value === "" || keyId.value === "") {
    const missing = keyId.value === "" ? "aws_access_key_id is empty" : "aws_secret_access_key is missing";
    throw new RolecallError("partial-credentials", `the profile "${profile}" has an incomplete key pair: ${missing}`, {
      at: keyId.from,
      length: keyId.value.length,
      help: [
        ...swallowedKeys(section, ["aws_secret_access_key"]),
        `set both keys in the same section, [${section.name}] (line ${section.from.line})`,
      ],
    });
  }
  if (looksSwapped(keyId.value, secret.value)) {
    throw new RolecallError(
      "invalid-setting",
      `the keys of the profile "${profile}" seem to be swapped: aws_access_key_id looks like a secret access key`,
      { at: keyId.from, help: [swapKeys("aws_access_key_id and aws_secret_access_key")] },
    );
  }
  return { kind: "static", profile, file, from: keyId.from };
}
