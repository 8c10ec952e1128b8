/** How a person sees the cache. */
import { basename } from "node:path";
import type { CacheItem, Cleared } from "../cache/inventory.ts";
import { formatDuration } from "../text/duration.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { tableLines } from "./table.ts";

/** The items as a table. */
export function renderCache(items: readonly CacheItem[], folder: string, now: Date, paint: Colors): string {
  if (items.length === 0) return `nothing is cached in ${escapeControls(folder)}\n`;
  const rows = items.map((item) => [
    item.kind,
    expiryText(item, now),
    escapeControls(whatItIs(item)),
    shortName(item.file),
  ]);
  return tableLines(
    [["KIND", "EXPIRES", "WHAT", "FILE"], ...rows],
    (line, index) => `${index === 0 ? paint.dim(line) : line}\n`,
  ).join("");
}

function whatItIs(item: CacheItem): string {
  switch (item.kind) {
    case "role":
    case "sso":
    case "mfa-session":
      return item.session ?? (item.accountId === undefined ? "-" : `account ${item.accountId}`);
    case "unreadable":
      return item.why;
    case "lock":
      if (!item.held) return "left behind by a process that has ended";
      return item.holder === undefined
        ? "a process is making a session"
        : `process ${item.holder.pid} is making a session`;
    case "left-over":
      return "left behind in the middle of writing";
  }
}

function expiryText(item: CacheItem, now: Date): string {
  if (!("expiration" in item) || item.expiration === undefined) return "-";
  const seconds = Math.round((item.expiration.getTime() - now.getTime()) / 1000);
  if (seconds <= 0) return "expired";
  // Whole minutes are enough for what lives for hours.
  return `in ${formatDuration(seconds < 60 ? seconds : seconds - (seconds % 60))}`;
}

/** The keys are hashes of 40 digits, of which eight tell one from another. */
function shortName(file: string): string {
  return escapeControls(basename(file).replace(/^([0-9a-f]{8})[0-9a-f]{32}/, "$1…"));
}

/** What was removed, and what was not. */
export function renderCleared({ removed, kept }: Cleared): string {
  const lines = [removed.length === 0 ? "nothing was removed" : `removed ${counts(removed)}`];
  const held = kept.filter((item) => item.kind === "lock");
  const unreadable = kept.filter((item) => item.kind === "unreadable");
  if (held.length > 0) lines.push(`left alone: ${counts(held)} that a process holds`);
  if (unreadable.length > 0) lines.push(`left alone: ${counts(unreadable)} (--all removes what cannot be read)`);
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
