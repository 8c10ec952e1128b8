/** Bun on Linux and macOS: the process really becomes the command. */
import { constants } from "node:os";
import { lockWith } from "../file_lock.ts";
import { argvAsBytes, environmentAsBytes } from "../inherited/argv_and_environment.ts";
import { hasSignal, IGNORED_BY_BUN, type InheritedState, readInheritedState } from "../inherited/inherited_state.ts";
import { type LibC, openLibC } from "./libc.ts";
import { ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

export function bunRuntime(): Runtime {
  return {
    name: `bun ${process.versions.bun}`,
    replacesProcess: true,
    readInheritedState: () => readInheritedState(),
    // Bun's own `process.execve` closes the inherited file descriptors.
    async exec(command, started) {
      const libc = openLibC();
      const argv = argvAsBytes(command.argv);
      const variables = environmentAsBytes(command.environment);
      putBack(started, libc);
      let failure = libc.execve(command.file, argv, variables);
      // A script without a #! line: as `execvp` does, and so env, nice and every shell.
      if (failure === "ENOEXEC") {
        const [shell, script] = [SHELL, command.file].map((text) => new TextEncoder().encode(text));
        failure = libc.execve(
          SHELL,
          [shell ?? new Uint8Array(), script ?? new Uint8Array(), ...argv.slice(1)],
          variables,
        );
      }
      throw new ExecError(failure);
    },
    notifyServiceManager: (socket, state) => openLibC().sendDatagram(socket, state),
    endInterrupted({ signal }) {
      openLibC().setSignal(constants.signals[signal], "default");
      process.kill(process.pid, signal);
      return exitCodeOf(signal);
    },
    tryLock: (path) => lockWith(openLibC().lock, path),
  };
}

const SHELL = "/bin/sh";

/** The last of the real-time signals. */
const LAST_SIGNAL = 64;

/** Leaves no trace of Bun: all is as the process was started with. Signals that are caught are reset by `execve`. */
function putBack(started: InheritedState, libc: LibC): void {
  for (const fd of started.fileDescriptors) libc.keepOnExec(fd);
  for (const fd of started.closedStreams) libc.closeFile(fd);
  if (started.workingDirectory !== undefined) libc.changeDirectory(started.workingDirectory);
  if (started.openFilesLimit !== undefined) {
    libc.setOpenFilesLimit(started.openFilesLimit.soft, started.openFilesLimit.hard);
  }
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) {
    if (hasSignal(started.ignoredSignals, signal)) libc.setSignal(signal, "ignore");
    else if (IGNORED_BY_BUN.includes(signal)) libc.setSignal(signal, "default");
  }
  if (started.blockedSignals !== undefined) libc.blockSignals(started.blockedSignals);
}
