/** Sections and timestamps for AWS files. */
import type { Principal } from "../cloud/iam.ts";

/** A section with the access keys of a principal. */
export function keysSection(name: string, { accessKeyId, secretAccessKey }: Principal): string {
  return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}

/** A time in the future, in the format of the AWS CLI's tokens and cache. */
export function inMinutes(minutes: number): string {
  return `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;
}
