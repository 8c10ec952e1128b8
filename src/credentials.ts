/** AWS credentials, as every source yields them and every delivery takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they stop working; credentials without one do not expire. */
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
}
