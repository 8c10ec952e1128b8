/** Reads the CA bundle: the certificates to trust instead of the built-in ones. */
import type { Effects } from "../domain/effects.ts";
import { invalidValueCode, RolecallError } from "../domain/errors.ts";
import { readRequiredFile } from "../files/required_file.ts";
import type { ServiceSettings } from "../plan/plan.ts";

/**
 * The PEM text of the configured bundle.
 *
 * @returns undefined if no bundle is configured.
 * @throws RolecallError `invalid-setting` or `invalid-option` if the file does not exist, cannot be read or contains no
 * certificate.
 */
export function readCaBundle(
  { caBundle }: Pick<ServiceSettings, "caBundle">,
  effects: Pick<Effects, "readFile">,
): string | undefined {
  if (caBundle === undefined) return undefined;
  const unusable = (why: string, cause?: unknown) =>
    new RolecallError(invalidValueCode(caBundle.from), `the CA bundle ${caBundle.value} ${why}`, {
      at: caBundle.from,
      length: caBundle.value.length,
      cause,
    });
  const text = readRequiredFile(caBundle.value, effects.readFile, unusable);
  if (!text.includes("-----BEGIN")) throw unusable("contains no PEM certificate");
  return text;
}
