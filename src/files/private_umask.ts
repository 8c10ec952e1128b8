/** Creates files and folders with exactly the requested mode, whatever the umask is. */

/** The umask belongs to the whole process, so `create` must be synchronous. */
export function withPrivateUmask<T>(create: () => T): T {
  const before = process.umask(0o077);
  try {
    return create();
  } finally {
    process.umask(before);
  }
}
