/** What `exec --serve` and its helper process say to each other. */
import type { ProcessIdentity } from "../runtime/process/process_watch.ts";

/** Words that only rolecall itself begins a command line with. */
export const HELPER_ARGUMENTS = {
  /** Starts the rest of the words as a process on its own, and ends. */
  detach: "__detach",
  /** Is that process: reads a message, answers with a line, and serves. */
  serve: "__serve",
  /** Is the format in which that process has credentials from `export`. */
  format: "__refresh",
} as const;

/** Whether the command line is one of rolecall's own, for `runHelperProcess`. */
export function isHelperCommand([first]: readonly string[]): boolean {
  return first === HELPER_ARGUMENTS.detach || first === HELPER_ARGUMENTS.serve;
}

export interface HelperMessage {
  /** The server ends with it. */
  readonly command: ProcessIdentity;
  readonly token: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
    readonly accountId?: string | undefined;
    /** ISO 8601. */
    readonly expiration?: string | undefined;
  };
  /** The options that choose the credentials, as words for `rolecall export`. */
  readonly options: readonly string[];
  /** Seconds. */
  readonly minTtl: number;
  /** Removed at the end. */
  readonly folder?: string | undefined;
}

export type HelperReply = { readonly port: number } | { readonly failed: string };
