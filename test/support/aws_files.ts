/** Parts of the AWS files. */
import type { Principal } from "../cloud/iam.ts";

/** A section with somebody's keys. */
export function keysSection(name: string, { accessKeyId, secretAccessKey }: Principal): string {
  return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** A time as the AWS CLI's tokens and cache have it. */
export function inMinutes(minutes: number): string {
  return `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;
}
