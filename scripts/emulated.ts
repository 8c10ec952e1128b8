/** Runs tests against the executables for other machines: scripts/emulated describes the arguments. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findCommand } from "../src/runtime/process/find_command.ts";
import { hostTarget, sourceCommit } from "./compile.ts";
import { installLibraries, MissingLibrariesError } from "./emulation/libraries.ts";
import { buildTarget } from "./releasing/build.ts";
import { installRuntime } from "./releasing/runtimes.ts";
import { TARGETS, type Target } from "./releasing/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TESTS = ["test/e2e/every_build.test.ts", "test/e2e/transparency.test.ts"];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { "no-build": { type: "boolean" } } });
const isTarget = (name: string) => TARGETS.some((target) => target.name === name);
const named = TARGETS.filter(({ name }) => positionals.includes(name));
const tests = positionals.filter((argument) => !isTarget(argument));
const targets = named.length > 0 ? named : TARGETS.filter(({ os, name }) => os === "linux" && name !== hostTarget());

let hasFailed = false;
for (const target of targets) {
  console.log(`\n--- ${target.name}`);
  const reason = missingProgram(target);
  if (reason === undefined) {
    try {
      hasFailed = runTests(target) !== 0 || hasFailed;
    } catch (error) {
      if (!(error instanceof MissingLibrariesError)) throw error;
      console.log(`skipped: ${error.message}`);
    }
  } else {
    console.log(`skipped: ${reason}`);
  }
}
process.exit(hasFailed ? 1 : 0);

/** @returns why this machine cannot run the target's programs; undefined if it can. */
function missingProgram(target: Target): string | undefined {
  if (target.os !== "linux") return "no emulator";
  const overlay = ["-Urm", "mount", "-t", "overlay", "overlay", "-o", "lowerdir=/etc:/usr/lib", "/usr/lib"];
  if (spawnSync("unshare", overlay).status !== 0) return "needs user namespaces in which overlayfs can be mounted";
  if (target.cpu === process.arch) return undefined;
  const emulator = emulatorOf(target);
  if (emulator === undefined) return "needs qemu-user";
  // Before version 6.7 of Linux, emulators can only be registered for the whole machine.
  const mount = ["-Urm", "mount", "-t", "binfmt_misc", "binfmt_misc", "/proc/sys/fs/binfmt_misc"];
  return spawnSync("unshare", mount).status === 0 ? undefined : "needs Linux 6.7 or later, with binfmt_misc";
}

function emulatorOf({ cpu }: Target): string | undefined {
  if (cpu === process.arch) return undefined;
  const machine = cpu === "x64" ? "x86_64" : "aarch64";
  for (const name of [`qemu-${machine}-static`, `qemu-${machine}`]) {
    const found = findCommand(name, process.env);
    if ("file" in found) return found.file;
  }
  return undefined;
}

function runTests(target: Target): number {
  const libraries = installLibraries(ROOT, target);
  const program = values["no-build"]
    ? join(ROOT, "dist", target.name, target.executable)
    : buildTarget({ root: ROOT, target, runtime: installRuntime(ROOT, target), commit: sourceCommit(ROOT) }).executable;
  const emulator = emulatorOf(target);
  // In a user namespace, some tests cannot do what they need, such as change owners. Only the emulator needs one.
  const namespaces = emulator === undefined && process.getuid?.() === 0 ? "-m" : "-Urm";
  const inside = [namespaces, "sh", "scripts/emulation/inside.sh", libraries, emulator ?? ""];
  const test = [process.execPath, "scripts/test.ts", ...(tests.length > 0 ? tests : TESTS)];
  const { status } = spawnSync("unshare", [...inside, ...test], {
    cwd: ROOT,
    stdio: "inherit",
    env: {
      ...process.env,
      ROLECALL_PROGRAM: program,
      ...(emulator === undefined ? {} : { ROLECALL_EMULATED: "1" }),
    },
  });
  return status ?? 1;
}
