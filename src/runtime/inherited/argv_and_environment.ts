/**
 * The process's arguments and environment variables as bytes. JavaScript decodes them as UTF-8 and loses all other bytes;
 * Linux keeps the originals in /proc.
 */
import { type EnvironmentChange, isChanged } from "../../domain/environment.ts";
import { readIfExists } from "../read_if_exists.ts";
import { inheritedEntry, inheritedEnvironment } from "./runtime_variables.ts";

/** @param argv the last of the process's own arguments. */
export function argvAsBytes(argv: readonly string[]): readonly Uint8Array[] {
  const original = readStrings("/proc/self/cmdline").slice(-argv.length);
  const isSame = original.length === argv.length && original.every((bytes, index) => decode(bytes) === argv[index]);
  return isSame ? original : argv.map(encode);
}

/** Returns the environment that the process started with, in its order, with the change applied. */
export function environmentAsBytes(change: EnvironmentChange): readonly Uint8Array[] {
  const original = readStrings("/proc/self/environ").map(inheritedEntry);
  const entries =
    original.length > 0
      ? original
      : Object.entries(inheritedEnvironment()).map(([name, value]) => encode(`${name}=${value}`));
  const kept = entries.filter((entry) => !isChanged(decode(entry).split("=", 1)[0] ?? "", change));
  return [...kept, ...[...change.sets].map(([name, value]) => encode(`${name}=${value}`))];
}

/** Reads a file of NUL-terminated strings; returns none if the file does not exist. */
function readStrings(path: string): Uint8Array[] {
  const bytes = readIfExists(path);
  if (bytes === undefined) return [];
  const strings: Uint8Array[] = [];
  for (let start = 0, end = bytes.indexOf(0); end !== -1; start = end + 1, end = bytes.indexOf(0, start)) {
    strings.push(bytes.subarray(start, end));
  }
  return strings;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
