/** Bun on Linux and macOS, where the command replaces the process. */
import { constants } from "node:os";
import { lockWith } from "../file_lock.ts";
import { argvAsBytes, environmentAsBytes } from "../inherited/argv_and_environment.ts";
import { hasSignal, IGNORED_BY_BUN, type InheritedState, readInheritedState } from "../inherited/inherited_state.ts";
import type { LibC } from "./libc.ts";
import { ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

export function bunRuntime(libc: LibC): Runtime {
  return {
    name: `bun ${process.versions.bun}`,
    replacesProcess: true,
    readInheritedState: () => readInheritedState(),
    // Not Bun's own `process.execve`: it closes the inherited file descriptors.
    async exec(command, inherited) {
      const argv = argvAsBytes(command.argv);
      const environment = environmentAsBytes(command.environment);
      restoreInheritedState(inherited, libc);
      let code = libc.execve(command.file, argv, environment);
      // A script without a #! line is run by the shell, as execvp(3) does, and with it env, nice and all shells.
      if (code === "ENOEXEC") {
        const encoder = new TextEncoder();
        const shellArgv = [encoder.encode(SHELL), encoder.encode(command.file), ...argv.slice(1)];
        code = libc.execve(SHELL, shellArgv, environment);
      }
      throw new ExecError(code);
    },
    notifyServiceManager: (socket, state) => libc.sendDatagram(socket, state),
    endInterrupted({ signal }) {
      libc.setSignal(constants.signals[signal], "default");
      process.kill(process.pid, signal);
      return exitCodeOf(signal);
    },
    tryLock: (fd) => lockWith(libc.lock, fd),
  };
}

const SHELL = "/bin/sh";

/** SIGRTMAX on Linux. */
const LAST_SIGNAL = 64;

/** Undoes what Bun has changed. `execve` itself resets the signals that Bun handles. */
function restoreInheritedState(inherited: InheritedState, libc: LibC): void {
  for (const fd of inherited.fileDescriptors) libc.keepOnExec(fd);
  for (const fd of inherited.closedStreams) libc.closeFile(fd);
  if (inherited.workingDirectory !== undefined) libc.changeDirectory(inherited.workingDirectory);
  if (inherited.openFilesLimit !== undefined) {
    libc.setOpenFilesLimit(inherited.openFilesLimit.soft, inherited.openFilesLimit.hard);
  }
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) {
    if (hasSignal(inherited.ignoredSignals, signal)) libc.setSignal(signal, "ignore");
    else if (IGNORED_BY_BUN.includes(signal)) libc.setSignal(signal, "default");
  }
  if (inherited.blockedSignals !== undefined) libc.blockSignals(inherited.blockedSignals);
}
