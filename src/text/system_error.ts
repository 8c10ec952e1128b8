/** What the system says when it does not do something, in words. */

const WORDS: Readonly<Record<string, string>> = {
  E2BIG: "arguments and environment together are too long",
  EACCES: "permission denied",
  EADDRINUSE: "it is in use already",
  EADDRNOTAVAIL: "this machine has no such address",
  EBADF: "it is closed",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it is there already",
  EFBIG: "it is too large",
  EIO: "the device failed",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links lead round in a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many files are open on this machine",
  ENOENT: "not found",
  ENOEXEC: "it is no program of this machine",
  ENOMEM: "there is not enough memory",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is no folder",
  ENXIO: "nobody is at its other end",
  EPERM: "it is not allowed",
  EROFS: "the file system is read-only",
  ETIMEDOUT: "nothing came from it for too long",
  ETXTBSY: "it is being written",
};

/** The reason of whatever was thrown: in words, else its code, else its message. */
export function systemErrorMessage(error: unknown): string {
  const code = systemErrorCode(error);
  return code === undefined ? (error instanceof Error ? error.message : String(error)) : (WORDS[code] ?? code);
}

/** As `EACCES`; undefined for what the system did not say. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
