/** The error for a path that rolecall does not write to: another user could redirect the write or replace its result. */

/** The message is a complete reason, such as `other users can write to the folder /srv/aws (mode 0777)`. */
export class UnsafePathError extends Error {
  override readonly name = "UnsafePathError";
}
