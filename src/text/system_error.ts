/** Errors of the operating system: their codes and messages. */

/** The messages of glibc's `strerror` (errno(3)), which other programs show as well. */
const MESSAGES: Readonly<Record<string, string>> = {
  E2BIG: "Argument list too long",
  EACCES: "Permission denied",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  ECONNREFUSED: "Connection refused",
  ECONNRESET: "Connection reset by peer",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFTYPE: "Inappropriate file type or format",
  EFBIG: "File too large",
  EHOSTUNREACH: "No route to host",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENETUNREACH: "Network is unreachable",
  ENFILE: "Too many open files in system",
  ENOENT: "No such file or directory",
  ENOEXEC: "Exec format error",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  ENXIO: "No such device or address",
  EPERM: "Operation not permitted",
  EPIPE: "Broken pipe",
  EROFS: "Read-only file system",
  ETIMEDOUT: "Connection timed out",
  ETXTBSY: "Text file busy",
};

/**
 * The message for an error: the system's for a known code, an unknown code itself, or the message of any other error.
 */
export function systemErrorMessage(error: unknown): string {
  const code = systemErrorCode(error);
  return code === undefined ? (error instanceof Error ? error.message : String(error)) : (MESSAGES[code] ?? code);
}

/** The code of a system error, such as `EACCES`; undefined for any other value. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
