/** The output of `cache list` and `cache clear` for people. */
import { basename } from "node:path";
import type { CacheItem, Cleared } from "../cache/inventory.ts";
import { formatDuration } from "../text/duration.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { tableLines } from "./table.ts";

/** The cached sessions and other files as a table. */
export function renderCache(items: readonly CacheItem[], folder: string, now: Date, colors: Colors): string {
  if (items.length === 0) return `nothing is cached in ${escapeControls(folder)}\n`;
  const rows = items.map((item) => [
    item.kind,
    expiryText(item, now),
    escapeControls(describeItem(item)),
    shortName(item.file),
  ]);
  return tableLines(
    [["KIND", "EXPIRES", "WHAT", "FILE"], ...rows],
    (line, index) => `${index === 0 ? colors.dim(line) : line}\n`,
  ).join("");
}

function describeItem(item: CacheItem): string {
  switch (item.kind) {
    case "role":
    case "sso":
    case "mfa-session":
      return item.session ?? (item.accountId === undefined ? "-" : `account ${item.accountId}`);
    case "unreadable":
      return item.why;
    case "lock":
      if (!item.held) return "left by a process that has ended";
      return item.holder === undefined ? "held by a process" : `held by process ${item.holder.pid}`;
    case "left-over":
      return "left by an interrupted write";
  }
}

function expiryText(item: CacheItem, now: Date): string {
  if (!("expiration" in item) || item.expiration === undefined) return "-";
  const seconds = Math.round((item.expiration.getTime() - now.getTime()) / 1000);
  if (seconds <= 0) return "expired";
  // Whole minutes are precise enough for sessions of an hour or more.
  return `in ${formatDuration(seconds < 60 ? seconds : seconds - (seconds % 60))}`;
}

/** The name of a file, with only the first 8 of the 40 digits of its hash. */
function shortName(file: string): string {
  return escapeControls(basename(file).replace(/^([0-9a-f]{8})[0-9a-f]{32}/, "$1…"));
}

/** The files that were removed, and those that were kept, with the reason. */
export function renderCleared({ removed, kept }: Cleared): string {
  const lines = [removed.length === 0 ? "nothing was removed" : `removed ${counts(removed)}`];
  const held = kept.filter((item) => item.kind === "lock");
  const unreadable = kept.filter((item) => item.kind === "unreadable");
  if (held.length > 0) lines.push(`kept ${counts(held)} that a running process holds`);
  if (unreadable.length > 0) lines.push(`kept ${counts(unreadable)} (--all removes unreadable files)`);
  return lines.map((line) => `${line}\n`).join("");
}

const NOUNS: Readonly<Record<CacheItem["kind"], readonly [one: string, many: string]>> = {
  role: ["role session", "role sessions"],
  sso: ["SSO session", "SSO sessions"],
  "mfa-session": ["MFA session", "MFA sessions"],
  unreadable: ["unreadable file", "unreadable files"],
  lock: ["lock", "locks"],
  "left-over": ["left-over file", "left-over files"],
};

function counts(items: readonly CacheItem[]): string {
  return Object.entries(NOUNS)
    .map(([kind, [one, many]]) => {
      const count = items.filter((item) => item.kind === kind).length;
      return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`;
    })
    .filter((text) => text !== undefined)
    .join(", ");
}
