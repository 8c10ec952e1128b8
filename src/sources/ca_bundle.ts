/** The certificates to trust. */
import type { Effects } from "../effects.ts";
import { invalidValueCode, RolecallError } from "../errors.ts";
import type { ServiceSettings } from "../plan/plan.ts";
import { systemReason } from "../system_reason.ts";

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
  let bytes: Uint8Array | undefined;
  try {
    bytes = effects.readFile(caBundle.value);
  } catch (error) {
    throw unusable(`cannot be read: ${systemReason(error)}`, error);
  }
  if (bytes === undefined) throw unusable("does not exist");
  const text = new TextDecoder().decode(bytes);
  if (!text.includes("-----BEGIN")) throw unusable("holds no certificate in PEM");
  return text;
}
