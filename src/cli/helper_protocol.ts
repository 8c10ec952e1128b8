/** The protocol between `exec --serve` and its helper process. */

/** First arguments that only rolecall itself uses. */
export const HELPER_ARGUMENTS = {
  /** Starts the other arguments as a detached process and exits. */
  detach: "__detach",
  /** Runs as the helper process: reads a `HelperMessage`, writes a `HelperReply` as one line, and serves. */
  serve: "__serve",
  /** The `export` format in which the helper process gets refreshed credentials. */
  format: "__refresh",
} as const;

/** What the helper process needs. It gets the message on standard input, because others can read a command line. */
export interface HelperMessage {
  /** The process id of COMMAND. The server ends when that process ends. */
  readonly pid: number;
  /** The authorization token that clients must send. */
  readonly token: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
    readonly accountId?: string | undefined;
    /** ISO 8601. */
    readonly expiration?: string | undefined;
  };
  /** The options that choose the credentials, as arguments for `rolecall export`. */
  readonly options: readonly string[];
  /** The minimum remaining lifetime of cached credentials, in seconds. */
  readonly minTtl: number;
  /** The files to watch for other keys, if the credentials are keys in them; otherwise empty. */
  readonly keyFiles: readonly string[];
  /** The folder with the token and the copies of the AWS files. The helper process removes it at its end. */
  readonly folder?: string | undefined;
}

/** The port on which the helper process listens, or the reason why it cannot. */
export type HelperReply = { readonly port: number } | { readonly failed: string };
