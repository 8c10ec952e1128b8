/**
 * Catches SIGCHLD. If the process inherited it ignored, the kernel discards the exit codes of its children, and every
 * program fails with ECHILD: wait(2). Call it before a child is started. `execve` resets a caught signal, and `exec` then
 * restores the inherited state.
 */
export function catchSigchld(): void {
  if (process.platform !== "win32" && process.listenerCount("SIGCHLD") === 0) process.on("SIGCHLD", () => {});
}
