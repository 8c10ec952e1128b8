/** What every source is, to whoever carries a plan out. */
import type { Credentials } from "../domain/credentials.ts";

export interface CredentialProvider {
  /** @throws RolecallError when the source holds no credentials. */
  credentials(): Promise<Credentials>;
  /** The region that the source is in, where it knows one. It never fails: a region is a convenience. */
  region(): Promise<string | undefined>;
}
