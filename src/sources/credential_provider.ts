/** The interface of a credential provider: the code that carries out the source step of a plan. */
import type { Credentials } from "../domain/credentials.ts";

export interface CredentialProvider {
  /** @throws RolecallError if there are no credentials. */
  credentials(): Promise<Credentials>;
  /** The region in which the credentials were issued, if the provider knows it. Never fails. */
  region(): Promise<string | undefined>;
}
