/** Bun on Linux and macOS, where the command replaces the process. */
import { constants } from "node:os";
import { lockWith } from "../file_lock.ts";
import { argvAsBytes, environmentAsBytes } from "../inherited/argv_and_environment.ts";
import {
  IGNORED_BY_BUN,
  type InheritedState,
  readInheritedState,
  signalNumbers,
} from "../inherited/inherited_state.ts";
import { type LibC, openLibC } from "./libc.ts";
import { ExecError, exitCodeOf, type Runtime } from "./runtime.ts";

/** @returns undefined if Bun cannot call the C library, and rolecall cannot make system calls either. */
export async function openBunRuntime(): Promise<Runtime | undefined> {
  let libc: LibC | undefined;
  try {
    libc = openLibC();
  } catch {
    libc = (await import("./system_calls.ts")).openSystemCalls();
  }
  return libc === undefined ? undefined : bunRuntime(libc);
}

function bunRuntime(libc: LibC): Runtime {
  return {
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

/** Undoes what Bun has changed. `execve` itself resets the signals that Bun handles. */
function restoreInheritedState(inherited: InheritedState, libc: LibC): void {
  for (const fd of inherited.fileDescriptors) libc.keepOnExec(fd);
  for (const fd of inherited.closedStreams) libc.closeFile(fd);
  if (inherited.workingDirectory !== undefined) libc.changeDirectory(inherited.workingDirectory);
  if (inherited.openFilesLimit !== undefined) {
    libc.setOpenFilesLimit(inherited.openFilesLimit.soft, inherited.openFilesLimit.hard);
  }
  const ignored = signalNumbers(inherited.ignoredSignals);
  for (const signal of ignored) libc.setSignal(signal, "ignore");
  for (const signal of IGNORED_BY_BUN) if (!ignored.includes(signal)) libc.setSignal(signal, "default");
  if (inherited.blockedSignals !== undefined) libc.blockSignals(inherited.blockedSignals);
}
