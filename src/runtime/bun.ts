/** Bun on Linux and macOS: the process really becomes the command. */
import { constants } from "node:os";
import { lockWith } from "./file_lock.ts";
import { inheritedFileDescriptors } from "./inherited.ts";
import { openLibC } from "./libc.ts";
import { BecomeFailure, INTERRUPTED, type Runtime } from "./runtime.ts";

/** Signals that Bun ignores from its start; an ignored signal would stay ignored in the command. */
const IGNORED_BY_BUN = [constants.signals.SIGPIPE, 25 /* SIGXFSZ, which node:os does not name everywhere */];

export function bunRuntime(): Runtime {
  return {
    name: `bun ${process.versions.bun}`,
    prepareToBecome: () => ({ fileDescriptors: inheritedFileDescriptors() }),
    // Bun's own `process.execve` closes the inherited file descriptors.
    async become(command, inheritance) {
      const libc = openLibC();
      for (const fd of inheritance.fileDescriptors) libc.keepOnExec(fd);
      for (const signal of IGNORED_BY_BUN) libc.resetSignal(signal);
      const variables = [...command.environment].map(([name, value]) => `${name}=${value}`);
      let failure = libc.execve(command.file, command.argv, variables);
      // A script without a #! line: as `execvp` does, and so env, nice and every shell.
      if (failure === "ENOEXEC") {
        failure = libc.execve("/bin/sh", ["/bin/sh", command.file, ...command.argv.slice(1)], variables);
      }
      throw new BecomeFailure(failure);
    },
    endInterrupted() {
      process.kill(process.pid, "SIGINT");
      return INTERRUPTED;
    },
    tryToLock: (path) => lockWith(openLibC().lock, path),
  };
}
