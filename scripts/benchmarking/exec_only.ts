/** A program that only replaces itself with true(1): what `exec` takes at least on Linux. */
import { dlopen, ptr } from "bun:ffi";

const cString = (text: string) => new TextEncoder().encode(`${text}\0`);

const { symbols } = dlopen("libc.so.6", { execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" } });
const file = cString(process.argv[2] ?? "/bin/true");
const argv = new BigUint64Array([BigInt(ptr(file)), 0n]);
const environment = new BigUint64Array([0n]);
symbols.execve(ptr(file), ptr(argv), ptr(environment));
process.exitCode = 126;
