/** The certificates to trust. */
import type { Effects } from "../domain/effects.ts";
import { invalidValueCode, RolecallError } from "../domain/errors.ts";
import { readRequiredFile } from "../files/required_file.ts";
import type { ServiceSettings } from "../plan/plan.ts";

/**
 * The PEM text of the bundle; undefined where none is configured: then the built-in certificates count.
 *
 * @throws RolecallError `invalid-setting` for a file that is not there, cannot be read, or holds no certificate.
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
  if (!text.includes("-----BEGIN")) throw unusable("holds no certificate in PEM");
  return text;
}
