/**
 * What the process was started with, as far as Bun covers it up: its file descriptors, signals, limit of open files and
 * working directory. A command that takes the process over has to find them as they were.
 *
 * The prologue's record knows it all. Without one (macOS, or the source run by `bun`) the kernel still tells most of it,
 * and what Bun has overwritten is guessed: signals that Bun ignores had their default action, and the soft limit of
 * open files is the parent's.
 */
import { fstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { constants } from "node:os";
import { readIfExists } from "../read_if_exists.ts";
import { type PrologueRecord, RECORD_NAME, readPrologueRecord } from "./prologue_record.ts";

export interface InheritedState {
  /** The numbers from 3 up, in order. */
  readonly fileDescriptors: readonly number[];
  /** Of 0, 1 and 2, those that were closed; Bun opens /dev/null there. */
  readonly closedStreams: readonly number[];
  /** As a set of bits: the first is signal 1. */
  readonly ignoredSignals: bigint;
  /** As `ignoredSignals`; undefined where Bun's main thread has them as they were. */
  readonly blockedSignals: bigint | undefined;
  /** Undefined where nothing is known, or nothing was changed. */
  readonly openFilesLimit: Limit | undefined;
  /** A descriptor of the working directory, where that was deleted. */
  readonly workingDirectory: number | undefined;
}

/** For a command that is a child: what that gets is up to the runtime. */
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

/** What an unlimited resource is, to the system. */
const UNLIMITED = 2n ** 64n - 1n;

/** Signals that Bun ignores from its start. */
export const IGNORED_BY_BUN: readonly number[] = [
  constants.signals.SIGPIPE,
  25 /* SIGXFSZ, which node:os does not name everywhere */,
];

/**
 * Call it before anything else opens a file or a socket.
 *
 * @param root where the process is described; Linux has it in /proc/self.
 */
export function readInheritedState(root = "/proc/self"): InheritedState {
  const open = openFiles(root);
  const recordFd = [...open.keys()].find((fd) => open.get(fd)?.startsWith(`/memfd:${RECORD_NAME} `));
  const record = recordFd === undefined ? undefined : readPrologueRecord(`${root}/fd/${recordFd}`);
  const own = [...eventLoop(root, open), recordFd, record?.workingDirectory];
  return {
    fileDescriptors: [...open.keys()].filter((fd) => !own.includes(fd)),
    ...(record === undefined ? guessed(root) : recorded(record)),
  };
}

/** Whether the standard stream was closed: Bun has /dev/null there then, where all that is written is lost. */
export function wasClosed(stream: number): boolean {
  // To look closer takes longer, and hardly ever is there reason to.
  if (!fstatSync(stream).isCharacterDevice() || fstatSync(stream).rdev !== statSync("/dev/null").rdev) return false;
  return readInheritedState().closedStreams.includes(stream);
}

function recorded(record: PrologueRecord): Omit<InheritedState, "fileDescriptors"> {
  return {
    closedStreams: record.closedStreams,
    ignoredSignals: signalsIn(record.status, "SigIgn") ?? 0n,
    blockedSignals: signalsIn(record.status, "SigBlk"),
    openFilesLimit: openFilesIn(record.limits),
    workingDirectory: record.workingDirectory,
  };
}

function guessed(root: string): Omit<InheritedState, "fileDescriptors"> {
  const status = text(`${root}/status`) ?? "";
  const parent = /^PPid:\s*(\d+)/m.exec(status)?.[1];
  const parents = openFilesIn(text(`${root}/../${parent}/limits`) ?? "");
  const own = openFilesIn(text(`${root}/limits`) ?? "");
  const wasRaised = parents !== undefined && own !== undefined && parents.soft < own.soft && own.soft === own.hard;
  return {
    closedStreams: [],
    ignoredSignals: (signalsIn(status, "SigIgn") ?? 0n) & ~signalSet(IGNORED_BY_BUN),
    blockedSignals: undefined,
    openFilesLimit: wasRaised ? { soft: parents.soft, hard: own.hard } : undefined,
    workingDirectory: undefined,
  };
}

function signalSet(signals: readonly number[]): bigint {
  return signals.reduce((set, signal) => set | (1n << BigInt(signal - 1)), 0n);
}

/** @param set as in `InheritedState`. */
export function hasSignal(set: bigint, signal: number): boolean {
  return (set & signalSet([signal])) !== 0n;
}

/** A line of `/proc/PID/status`, which is hexadecimal. */
function signalsIn(status: string, name: "SigIgn" | "SigBlk"): bigint | undefined {
  const digits = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}

/** A line of `/proc/PID/limits`. */
function openFilesIn(limits: string): Limit | undefined {
  const [, soft, hard] = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined || hard === undefined) return undefined;
  const value = (digits: string) => (digits === "unlimited" ? UNLIMITED : BigInt(digits));
  return { soft: value(soft), hard: value(hard) };
}

/**
 * Bun marks every descriptor above 2 close-on-exec when it starts, so that mark does not tell an inherited one from one
 * that Bun opened. But Bun opens only two before the program's first line: an epoll instance and the eventfd that it
 * watches, each with the lowest free number, so they are the first two of their kinds that stand in this relation.
 */
function eventLoop(root: string, open: ReadonlyMap<number, string>): number[] {
  for (const [fd, target] of open) {
    if (target !== "anon_inode:[eventpoll]") continue;
    const watched = watchedBy(root, fd).find((other) => other > fd && open.get(other) === "anon_inode:[eventfd]");
    if (watched !== undefined) return [fd, watched];
  }
  return [];
}

/** What an epoll instance watches: the `tfd:` lines of its fdinfo. */
function watchedBy(root: string, fd: number): number[] {
  const lines = text(`${root}/fdinfo/${fd}`) ?? "";
  return [...lines.matchAll(/^tfd:\s*(\d+)/gm)].map((match) => Number(match[1]));
}

/** From 3 up, in order, each with what it refers to; none where there is no list of them. */
function openFiles(root: string): ReadonlyMap<number, string> {
  const open = new Map<number, string>();
  let names: string[];
  try {
    names = readdirSync(`${root}/fd`);
  } catch {
    return open;
  }
  for (const fd of names.map(Number).sort((a, b) => a - b)) {
    if (fd <= 2) continue;
    try {
      open.set(fd, readlinkSync(`${root}/fd/${fd}`));
    } catch {
      // Closed by now, as the one that read the list is.
    }
  }
  return open;
}

function text(path: string): string | undefined {
  return readIfExists(path)?.toString("utf8");
}
