/** Which certificates are trusted: neither the runtime's variables nor its defaults decide. */
import { rootCertificates } from "node:tls";

export interface Trust {
  readonly ca: string | string[];
  readonly rejectUnauthorized: true;
}

/**
 * The TLS options for a request.
 *
 * @param ca PEM certificates; undefined for Mozilla's, which the runtime contains.
 */
export function trust(ca: string | undefined): Trust {
  return { ca: ca ?? [...rootCertificates], rejectUnauthorized: true };
}
