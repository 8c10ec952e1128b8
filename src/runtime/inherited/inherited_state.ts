/**
 * The state that the process inherited and that Bun changes or hides: file descriptors, signals, the limit of open files
 * and the working directory. `exec` restores it before COMMAND replaces the process.
 *
 * The prologue's record contains all of it. Without a record (on macOS, or if `bun` runs the source), most of it is read
 * from /proc, and what Bun has overwritten is guessed: the signals that Bun ignores had their default action, and the
 * soft limit of open files is the parent's.
 */
import { readdirSync, readlinkSync } from "node:fs";
import { constants } from "node:os";
import { readIfExists } from "../read_if_exists.ts";
import { type PrologueRecord, RECORD_NAME, readPrologueRecord } from "./prologue_record.ts";

export interface InheritedState {
  /** Open file descriptors from 3 up, in ascending order. */
  readonly fileDescriptors: readonly number[];
  /** Those of 0, 1 and 2 that were closed. Bun opens /dev/null in their place. */
  readonly closedStreams: readonly number[];
  /** A bit set: the lowest bit is signal 1. */
  readonly ignoredSignals: bigint;
  /** As `ignoredSignals`; undefined if Bun's main thread still has the inherited signal mask. */
  readonly blockedSignals: bigint | undefined;
  /** Undefined if it is unknown or unchanged. */
  readonly openFilesLimit: Limit | undefined;
  /** A file descriptor of the working directory, if that was deleted. */
  readonly workingDirectory: number | undefined;
}

/** For runtimes that run COMMAND as a child: the runtime decides what a child inherits. */
export const NO_INHERITED_STATE: InheritedState = {
  fileDescriptors: [],
  closedStreams: [],
  ignoredSignals: 0n,
  blockedSignals: undefined,
  openFilesLimit: undefined,
  workingDirectory: undefined,
};

export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** Linux's RLIM_INFINITY. */
const UNLIMITED = 2n ** 64n - 1n;

/** The signals that Bun ignores from its start. */
export const IGNORED_BY_BUN: readonly number[] = [
  constants.signals.SIGPIPE,
  25 /* SIGXFSZ, which node:os does not define on every platform */,
];

/**
 * Reads the inherited state. Call it before anything else opens a file or a socket.
 *
 * @param root the folder that describes the process, as in proc(5).
 */
export function readInheritedState(root = "/proc/self"): InheritedState {
  const found = findRecord(root);
  const record = found?.record;
  const recorded = record?.fileDescriptors.filter((fd) => fd > 2 && fd !== found?.fd) ?? [];
  return {
    fileDescriptors: record?.fileDescriptors.length ? recorded : descriptorsBeforeBun(root),
    ...(record === undefined ? guessedState(root) : recordedState(record)),
    ...(wasNode(root) ? stateBeforeNode(root, record) : {}),
  };
}

/**
 * The name (`argv[0]`) with which the command of the npm package starts this program. The process was Node until then, so
 * its signals and its limit of open files are Node's.
 */
export const STARTED_BY_NODE = "rolecall-from-node";

function wasNode(root: string): boolean {
  return readText(`${root}/cmdline`)?.startsWith(`${STARTED_BY_NODE}\0`) ?? false;
}

/** Node ignores the same signals as Bun, and raises the limit, too. */
function stateBeforeNode(
  root: string,
  record: PrologueRecord | undefined,
): Pick<InheritedState, "ignoredSignals" | "openFilesLimit"> {
  const ignored = record === undefined ? undefined : signalsIn(record.status, "SigIgn");
  const { ignoredSignals, openFilesLimit } = guessedState(root);
  return {
    ignoredSignals: ignored === undefined ? ignoredSignals : ignored & ~signalSet(IGNORED_BY_BUN),
    openFilesLimit,
  };
}

/**
 * Returns the file descriptors from 3 up that this Node process inherited. Node marks all of them close-on-exec when it
 * starts. Its own are epoll instances and the like (`anon_inode:`), both ends of pipes, and /dev/null.
 *
 * @returns none if the system has no /proc.
 */
export function descriptorsBeforeNode(root = "/proc/self"): readonly number[] {
  const open = [...openFiles(root)];
  const isWritable = (fd: number) => /^flags:\s*\d*[1-7]$/m.test(readText(`${root}/fdinfo/${fd}`) ?? "");
  const isOwn = ([fd, target]: readonly [number, string]) =>
    target.startsWith("anon_inode:") ||
    target === "/dev/null" ||
    (target.startsWith("pipe:") &&
      open.some(([other, otherTarget]) => otherTarget === target && isWritable(other) !== isWritable(fd)));
  return open.filter((file) => !isOwn(file)).map(([fd]) => fd);
}

/**
 * The record got the lowest free number, so the descriptors before it are inherited. Among them may be another file of the
 * same name, such as the record of a parent. The record names its process.
 */
function findRecord(root: string): { readonly fd: number; readonly record: PrologueRecord } | undefined {
  for (let fd = 3; ; fd++) {
    const target = targetOf(root, fd);
    if (target === undefined) return undefined;
    if (!target.startsWith(`/memfd:${RECORD_NAME} `)) continue;
    const record = readPrologueRecord(`${root}/fd/${fd}`);
    if (record !== undefined && pidIn(record.status) === ownPid()) return { fd, record };
  }
}

/** Returns what an open file descriptor leads to; undefined if it is closed. */
function targetOf(root: string, fd: number): string | undefined {
  try {
    return readlinkSync(`${root}/fd/${fd}`);
  } catch {
    return undefined;
  }
}

function pidIn(status: string): string | undefined {
  return /^Pid:\s*(\d+)$/m.exec(status)?.[1];
}

/** As /proc shows it, which may be of another PID namespace than the process. */
function ownPid(): string {
  return readlinkSync("/proc/self");
}

function recordedState(record: PrologueRecord): Omit<InheritedState, "fileDescriptors"> {
  return {
    closedStreams: record.closedStreams,
    ignoredSignals: signalsIn(record.status, "SigIgn") ?? 0n,
    blockedSignals: signalsIn(record.status, "SigBlk"),
    openFilesLimit: openFilesLimitIn(record.limits),
    workingDirectory: record.workingDirectory,
  };
}

function guessedState(root: string): Omit<InheritedState, "fileDescriptors"> {
  const status = readText(`${root}/status`) ?? "";
  const parentPid = /^PPid:\s*(\d+)/m.exec(status)?.[1];
  const parent = openFilesLimitIn(readText(`${root}/../${parentPid}/limits`) ?? "");
  const own = openFilesLimitIn(readText(`${root}/limits`) ?? "");
  const wasRaised = parent !== undefined && own !== undefined && parent.soft < own.soft && own.soft === own.hard;
  return {
    closedStreams: [],
    ignoredSignals: (signalsIn(status, "SigIgn") ?? 0n) & ~signalSet(IGNORED_BY_BUN),
    blockedSignals: undefined,
    openFilesLimit: wasRaised ? { soft: parent.soft, hard: own.hard } : undefined,
    workingDirectory: undefined,
  };
}

function signalSet(signals: readonly number[]): bigint {
  return signals.reduce((set, signal) => set | (1n << BigInt(signal - 1)), 0n);
}

/** The signals that the process ignores now, as a bit set; none if the system has no /proc. */
export function ignoredSignals(): bigint {
  if (process.platform === "win32") return 0n;
  return signalsIn(readText("/proc/self/status") ?? "", "SigIgn") ?? 0n;
}

/** @param set a bit set, as in `InheritedState`. */
export function hasSignal(set: bigint, signal: number): boolean {
  return (set & signalSet([signal])) !== 0n;
}

/** @param set a bit set, as in `InheritedState`. */
export function signalNumbers(set: bigint): number[] {
  const bits = [...set.toString(2)].reverse();
  return bits.flatMap((bit, index) => (bit === "1" ? [index + 1] : []));
}

/** Parses a line of `/proc/PID/status`: a hexadecimal bit set. */
function signalsIn(status: string, name: "SigIgn" | "SigBlk"): bigint | undefined {
  const digits = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}

/** Parses a line of `/proc/PID/limits`. */
function openFilesLimitIn(limits: string): Limit | undefined {
  const [, soft, hard] = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  const value = (digits: string) => (digits === "unlimited" ? UNLIMITED : BigInt(digits));
  return { soft: value(soft), hard: value(hard) };
}

/** For a process without a record. */
function descriptorsBeforeBun(root: string): number[] {
  const open = openFiles(root);
  const own = eventLoopFds(root, open);
  return [...open.keys()].filter((fd) => !own.includes(fd));
}

/**
 * Finds the file descriptors of Bun's event loop.
 *
 * Bun marks all descriptors above 2 close-on-exec when it starts, so that flag does not distinguish inherited ones from
 * Bun's own. But Bun opens only two before the first line of the program runs: an epoll instance, and then the eventfd
 * that the epoll instance watches. Both get the lowest free numbers, so they are the first such pair.
 */
function eventLoopFds(root: string, open: ReadonlyMap<number, string>): number[] {
  for (const [fd, target] of open) {
    if (target !== "anon_inode:[eventpoll]") continue;
    const watched = watchedBy(root, fd).find((other) => other > fd && open.get(other) === "anon_inode:[eventfd]");
    if (watched !== undefined) return [fd, watched];
  }
  return [];
}

/** Returns the descriptors that an epoll instance watches: the `tfd:` lines of its fdinfo, proc_pid_fdinfo(5). */
function watchedBy(root: string, fd: number): number[] {
  const lines = readText(`${root}/fdinfo/${fd}`) ?? "";
  return [...lines.matchAll(/^tfd:\s*(\d+)/gm)].map((match) => Number(match[1]));
}

/** Returns the descriptors from 3 up in ascending order, each with its target; none if the system has no such list. */
function openFiles(root: string): ReadonlyMap<number, string> {
  const open = new Map<number, string>();
  let names: string[];
  try {
    names = readdirSync(`${root}/fd`);
  } catch {
    return open;
  }
  for (const fd of names.map(Number).sort((a, b) => a - b)) {
    const target = fd <= 2 ? undefined : targetOf(root, fd);
    // The descriptor that the list was read with is closed.
    if (target !== undefined) open.set(fd, target);
  }
  return open;
}

function readText(path: string): string | undefined {
  return readIfExists(path)?.toString("utf8");
}
