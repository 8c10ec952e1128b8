/** Who may own the folders and links that lead to a file, and what other users can do in a folder. */
import { fchownSync, type Stats, statfsSync, statSync } from "node:fs";

/** The members of stat(2) that the rules use. */
export type Ownership = Pick<Stats, "uid" | "gid" | "mode">;

const OWNER_ROOT = 0;
const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/** The user id that files are created with; undefined on Windows. */
export function ownUid(): number | undefined {
  return process.geteuid?.();
}

/** Root can change every file anyway, so what belongs to root is as trusted as what belongs to this user. */
export function isTrustedOwner(uid: number): boolean {
  return uid === OWNER_ROOT || uid === ownUid();
}

/**
 * Whether users other than the owner can create and rename files in the folder. A group whose id equals that of its user
 * counts as private: many systems give each user such a group, and with it the umask 0002.
 *
 * @param path leads to the folder.
 */
export function othersCanWrite({ uid, gid, mode }: Ownership, path: string): boolean {
  const isPrivateGroup = gid === uid && gid !== OWNER_ROOT;
  const isWritable = (mode & ALL_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && !isPrivateGroup);
  return isWritable && hasPermissions(path);
}

/** Whether only the owner of a file can rename or delete it in this folder, as in /tmp. */
export function isSticky({ mode }: Ownership): boolean {
  return (mode & STICKY) !== 0;
}

function octalMode({ mode }: Ownership): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

export interface FolderRules {
  /** Whether missing folders are created, with mode 0700. */
  readonly create?: boolean;
  /** Which owner is accepted besides this user and root. Called only if this user is root. */
  readonly acceptsOwner?: (uid: number) => boolean;
  /** Whether other users may be able to write to the folder: never by default, or if it is sticky, as /tmp is. */
  readonly acceptsWriters?: "sticky" | "any";
}

/** For files below the user's home. Root, too, writes only to folders of its own and of that user. */
export function rulesBelowHome(home: string): FolderRules {
  return { acceptsOwner: (uid) => statSync(home, { throwIfNoEntry: false })?.uid === uid };
}

/** Why this user should not use what is in the folder, or undefined. The path that leads to it is not checked. */
export function untrustedBecause(path: string, stat: Ownership, rules: FolderRules): string | undefined {
  const own = ownUid();
  if (own === undefined) return undefined;
  const isAccepted = isTrustedOwner(stat.uid) || (own === 0 && rules.acceptsOwner?.(stat.uid) === true);
  if (!isAccepted) return `the folder ${path} belongs to another user (uid ${stat.uid})`;
  const { acceptsWriters } = rules;
  if (acceptsWriters === "any" || (acceptsWriters === "sticky" && isSticky(stat))) return undefined;
  if (!othersCanWrite(stat, path)) return undefined;
  return `other users can write to the folder ${path} (mode ${octalMode(stat)})`;
}

/**
 * Gives a new file or folder to the owner of the folder that it is in, so that root leaves nothing in a user's home that
 * the user cannot use. Only root can do that.
 */
export function giveToOwner(fd: number, folder: Pick<Ownership, "uid" | "gid">): void {
  if (ownUid() !== OWNER_ROOT || folder.uid === OWNER_ROOT) return;
  try {
    fchownSync(fd, folder.uid, folder.gid);
  } catch {
    // In a container, root may lack the capability. The file then belongs to root.
  }
}

/**
 * File systems that have no Unix permissions, and report mode 0777 for everything: those of Windows (also 9p, with which
 * WSL mounts them) and of its network shares. The numbers are those of statfs(2).
 */
const WITHOUT_PERMISSIONS: ReadonlySet<number> = new Set([
  0x01021997, 0x517b, 0xff534d42, 0xfe534d42, 0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0x53464846,
]);

function hasPermissions(path: string): boolean {
  try {
    return !WITHOUT_PERMISSIONS.has(statfsSync(path).type >>> 0);
  } catch {
    return true;
  }
}
