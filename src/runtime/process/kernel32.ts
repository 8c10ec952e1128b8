/** Functions of Windows that Bun does not offer, called through `bun:ffi`. */
import { dlopen, ptr } from "bun:ffi";

export interface Kernel32 {
  /**
   * Opens a running process, to read its exit code later.
   *
   * @returns undefined if there is no such process, or this user may not open it.
   */
  openProcess(pid: number): OpenProcess | undefined;
  /** Ends this process at once. @param code all 32 bits count; `process.exit` of Bun uses only eight. */
  exitProcess(code: number): void;
  /**
   * Takes an exclusive lock on a file, without waiting. The system releases it when the process ends.
   *
   * @returns undefined if another process has the lock.
   * @throws Error with a `code` if the file cannot be opened or locked.
   */
  lockFile(path: string): { close(): void } | undefined;
}

export interface OpenProcess {
  /** The exit code, from 0 to 2^32-1. Call it once, after the process has ended. */
  exitCode(): number;
}

/** Constants of winnt.h, fileapi.h, minwinbase.h and winerror.h. */
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
const GENERIC_READ_WRITE = 0xc0000000;
const FILE_SHARE_ALL = 7;
const OPEN_EXISTING = 3;
const INVALID_HANDLE = 2n ** 64n - 1n;
const LOCK_EXCLUSIVE_NOW = 3;
/** ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED. */
const WITHOUT_LOCKS: readonly number[] = [1, 50];
/** An OVERLAPPED structure: the offset is at byte 16, in two halves. */
const OVERLAPPED_BYTES = 32;
const OFFSET_HIGH_AT = 20;

/**
 * The locked byte. The lock of Windows also keeps others from reading, so it is far behind the end of the file, which can
 * be read for the name of the process that has the lock.
 */
const LOCKED_AT_HIGH = 0x4000_0000;

/** @throws Error if `bun:ffi` cannot be used. */
export function openKernel32(): Kernel32 {
  const { symbols } = dlopen(`${process.env.SystemRoot ?? "C:\\Windows"}\\System32\\kernel32.dll`, {
    OpenProcess: { args: ["u32", "i32", "u32"], returns: "u64" },
    GetExitCodeProcess: { args: ["u64", "ptr"], returns: "i32" },
    ExitProcess: { args: ["u32"], returns: "void" },
    CreateFileW: { args: ["ptr", "u32", "u32", "ptr", "u32", "u32", "ptr"], returns: "u64" },
    LockFileEx: { args: ["u64", "u32", "u32", "u32", "u32", "ptr"], returns: "i32" },
    GetLastError: { args: [], returns: "u32" },
    CloseHandle: { args: ["u64"], returns: "i32" },
  });
  return {
    openProcess(pid) {
      const handle = symbols.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid);
      if (handle === 0n) return undefined;
      return {
        exitCode() {
          const code = new Uint32Array(1);
          symbols.GetExitCodeProcess(handle, ptr(code));
          symbols.CloseHandle(handle);
          return code[0] ?? 0;
        },
      };
    },
    exitProcess: (code) => symbols.ExitProcess(code),
    lockFile(path) {
      const name = Uint16Array.from({ length: path.length + 1 }, (_, index) => path.charCodeAt(index) || 0);
      const handle = symbols.CreateFileW(ptr(name), GENERIC_READ_WRITE, FILE_SHARE_ALL, null, OPEN_EXISTING, 0, null);
      if (handle === INVALID_HANDLE) throw systemError("CreateFileW", symbols.GetLastError());
      const overlapped = new Uint8Array(OVERLAPPED_BYTES);
      new DataView(overlapped.buffer).setUint32(OFFSET_HIGH_AT, LOCKED_AT_HIGH, true);
      const close = () => void symbols.CloseHandle(handle);
      if (symbols.LockFileEx(handle, LOCK_EXCLUSIVE_NOW, 0, 1, 0, ptr(overlapped)) !== 0) return { close };
      const error = symbols.GetLastError();
      close();
      // The engine may have called Windows since, so the number of a lock that is taken is not reliable.
      if (WITHOUT_LOCKS.includes(error)) throw systemError("LockFileEx", error);
      return undefined;
    },
  };
}

function systemError(what: string, error: number): Error {
  return Object.assign(new Error(`${what}: Windows error ${error}`), { code: `Windows error ${error}` });
}
