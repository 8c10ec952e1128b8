/**
 * Arguments and variables as the bytes that they are. JavaScript has them as text, in which what is no UTF-8 is lost; the
 * system still has the originals.
 */
import { type EnvironmentChange, isChanged } from "../../domain/environment.ts";
import { readIfExists } from "../read_if_exists.ts";

/** @param words the last of the process's own arguments. */
export function argvAsBytes(words: readonly string[]): readonly Uint8Array[] {
  const last = split("/proc/self/cmdline").slice(-words.length);
  const same = last.length === words.length && last.every((bytes, index) => decode(bytes) === words[index]);
  return same ? last : words.map(encode);
}

/** The process's environment as it was started, in its order, with the change made. */
export function environmentAsBytes(change: EnvironmentChange): readonly Uint8Array[] {
  const original = split("/proc/self/environ");
  const entries =
    original.length > 0 ? original : Object.entries(process.env).map(([name, value]) => encode(`${name}=${value}`));
  const kept = entries.filter((entry) => !isChanged(decode(entry).split("=", 1)[0] ?? "", change));
  return [...kept, ...[...change.sets].map(([name, value]) => encode(`${name}=${value}`))];
}

/** A file of texts that each end with a NUL; none where there is no such file. */
function split(path: string): Uint8Array[] {
  const bytes = readIfExists(path);
  if (bytes === undefined) return [];
  const parts: Uint8Array[] = [];
  for (let start = 0, end = bytes.indexOf(0); end !== -1; start = end + 1, end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
  }
  return parts;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
