/** Which loaded file is the C library. */
import { expect, test } from "bun:test";
import { isLibC } from "../../../../src/runtime/process/libc.ts";

const PATHS: readonly (readonly [path: string, expected: boolean])[] = [
  ["/usr/lib/x86_64-linux-gnu/libc.so.6", true],
  ["/lib/x86_64-linux-gnu/libc-2.31.so", true],
  ["/lib/ld-musl-aarch64.so.1", true],
  ["/lib/libc.musl-x86_64.so.1", true],
  ["/usr/lib/x86_64-linux-musl/libc.so", true],
  ["/usr/lib/libc.so", true],
  ["/usr/lib/x86_64-linux-gnu/libcap.so.2", false],
  ["/usr/lib/x86_64-linux-gnu/libc++.so.1", false],
  ["/usr/lib/x86_64-linux-gnu/libc.so.7", false],
  ["/usr/lib/libc.so.backup", false],
];

test.each(PATHS)("%s: %p", (path, expected) => {
  expect(isLibC(path)).toBe(expected);
});
