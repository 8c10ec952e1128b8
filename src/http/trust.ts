/** The certificates that TLS connections trust, independent of the runtime's variables and defaults. */

export interface Trust {
  readonly ca: string | string[];
  readonly rejectUnauthorized: true;
}

/**
 * The TLS options for a request.
 *
 * @param ca PEM certificates; undefined for Mozilla's, which the runtime contains.
 */
export function trust(ca: string | readonly string[] | undefined): Trust {
  const trusted = typeof ca === "object" ? [...ca] : ca;
  return { ca: trusted ?? [...process.getBuiltinModule("node:tls").rootCertificates], rejectUnauthorized: true };
}
