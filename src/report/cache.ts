/** The output of `cache list` and `cache clear` for people. */
import { basename } from "node:path";
import type { CacheItem, Cleared } from "../cache/inventory.ts";
import type { Login } from "../cache/logins.ts";
import { formatDuration } from "../text/duration.ts";
import { formatUtc } from "../text/timestamp.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { tableLines } from "./table.ts";

/** The cached sessions and other files, and the logins, as a table. */
export function renderCache(
  items: readonly CacheItem[],
  logins: readonly Login[],
  folder: string,
  now: Date,
  colors: Colors,
): string {
  if (items.length + logins.length === 0) return `nothing is cached in ${escapeControls(folder)}\n`;
  const row = (item: CacheItem | Login, what: string) => [
    item.kind,
    expiryText(item, now),
    escapeControls(what),
    shortName(item.file),
  ];
  const rows = [
    ...items.map((item) => row(item, describeItem(item))),
    ...logins.map((login) => row(login, describeLogin(login))),
  ];
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

function describeLogin({ kind, session, startUrl, accountId, canRefresh, registrationExpiration: end }: Login): string {
  const account = accountId === undefined ? "-" : `account ${accountId}`;
  const what =
    session === undefined ? (startUrl ?? account) : `${session}${startUrl === undefined ? "" : ` (${startUrl})`}`;
  if (end !== undefined) {
    return `${what}, ${canRefresh ? `refreshable until ${formatUtc(end)}` : `client registration expired at ${formatUtc(end)}`}`;
  }
  if (!canRefresh) return `${what}, cannot be refreshed`;
  return kind === "console-login" ? `${what}, refreshable until the session ends` : what;
}

function expiryText(item: CacheItem | Login, now: Date): string {
  if (!("expiration" in item) || item.expiration === undefined) return "-";
  const seconds = Math.round((item.expiration.getTime() - now.getTime()) / 1000);
  if (seconds <= 0) return "expired";
  // Whole minutes are precise enough for sessions of an hour or more.
  return `in ${formatDuration(seconds < 60 ? seconds : seconds - (seconds % 60))}`;
}

/** The name of a file, with only the first 8 digits of its hash. */
function shortName(file: string): string {
  return escapeControls(basename(file).replace(/^([0-9a-f]{8})[0-9a-f]{32,}/, "$1…"));
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
