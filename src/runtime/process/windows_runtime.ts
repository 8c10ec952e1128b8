/** Bun on Windows: the command is a child, as with other runtimes, but its exit code keeps all of its 32 bits. */
import { lockPathWith } from "../file_lock.ts";
import { childRuntime, runChild } from "./child_runtime.ts";
import type { Kernel32, OpenProcess } from "./kernel32.ts";
import type { Runtime } from "./runtime.ts";

/** Bun keeps only this part of an exit code, both of its own and of a child. */
const MAX_CODE_OF_BUN = 0xff;

export function windowsRuntime(kernel: Kernel32): Runtime {
  return {
    ...childRuntime(),
    async exec(command, inherited) {
      let child: OpenProcess | undefined;
      const shortened = await runChild(command, inherited, (pid) => {
        child = kernel.openProcess(pid);
      });
      const code = child?.exitCode() ?? shortened;
      if (code > MAX_CODE_OF_BUN) process.once("exit", () => kernel.exitProcess(code));
      return code;
    },
    tryLock: (fd, path) => lockPathWith(kernel.lockFile, fd, path),
  };
}
