/** Machines on which Bun cannot start, and what is printed then and at a crash. */
import { afterEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { readExecutable } from "../../scripts/prologue/elf.ts";
import { HAS_MOUNT_NAMESPACES, isInstalled, QEMU_X86_64 } from "../support/machine.ts";
import { HAS_PROLOGUE, IS_EMULATED, makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

let home: TestHome;
afterEach(() => home.remove());

const EXECUTABLE = HAS_PROLOGUE ? readExecutable(readFileSync(SUBJECT_ARGV[0] ?? "")) : undefined;

interface Situation {
  readonly name: string;
  /** A command that runs its arguments in the situation. */
  readonly wrapper: readonly string[];
  readonly possible: boolean;
  readonly message: string;
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "without /proc",
    wrapper: ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs none /proc; exec "$@"', "sh"],
    // musl does not need it, and QEMU imitates the file.
    possible: HAS_MOUNT_NAMESPACES && !IS_EMULATED && EXECUTABLE?.interpreter.includes("musl") === false,
    message: "error: cannot start, because /proc/self/maps is not readable\n   = help: mount /proc\n",
  },
  {
    name: "with a low limit of the address space",
    wrapper: ["prlimit", "--as=200000000"],
    possible: isInstalled("prlimit") && !IS_EMULATED,
    message: "error: cannot start with less than 320 MiB of address space\n   = help: raise ulimit -v\n",
  },
  {
    name: "with a low limit of data",
    wrapper: ["prlimit", "--data=100000000"],
    possible: isInstalled("prlimit") && !IS_EMULATED,
    message: "error: cannot start with less than 224 MiB of data\n   = help: raise ulimit -d\n",
  },
  ...["core2duo", "qemu64"].map((cpu) => ({
    name: `on a CPU without SSE4.2 or POPCNT (${cpu}, needs qemu-user)`,
    wrapper: [QEMU_X86_64 ?? "", "-cpu", cpu],
    possible: QEMU_X86_64 !== undefined && EXECUTABLE?.cpu === "x64",
    message: "error: this CPU does not have the instructions SSE4.2 and POPCNT, which rolecall needs\n",
  })),
];

describe("where Bun cannot start", () => {
  for (const { name, wrapper, possible, message } of SITUATIONS) {
    test.skipIf(!HAS_PROLOGUE || !possible)(`${name}: a message without the arguments, and exit code 125`, async () => {
      home = makeHome();
      const outcome = await home.runProgram([...wrapper, ...SUBJECT_ARGV, "export", "--mfa-code", "123456"]);
      expect(outcome).toEqual({ exitCode: 125, signal: undefined, stdout: "", stderr: message });
    });
  }

  test.skipIf(!HAS_PROLOGUE || QEMU_X86_64 === undefined || EXECUTABLE?.cpu !== "x64")(
    "a CPU of 2008 with both instructions is enough (Nehalem, needs qemu-user)",
    async () => {
      home = makeHome();
      const { stdout, exitCode } = await home.runProgram([
        QEMU_X86_64 ?? "",
        "-cpu",
        "Nehalem",
        ...SUBJECT_ARGV,
        "--version",
      ]);
      expect(stdout).toStartWith("rolecall ");
      expect(exitCode).toBe(0);
    },
  );
});

test.skipIf(!HAS_PROLOGUE)("Bun's report of a crash does not quote the arguments", async () => {
  home = makeHome({ credentials: "[the-argument]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n" });
  // No core file.
  const script = 'ulimit -c 0; exec "$@"';
  const server = home.startProgram(["sh", "-c", script, "sh", ...SUBJECT_ARGV, "serve", "-p", "the-argument"]);
  await server.says(/TOKEN=/);
  const { stderr } = await server.stop("SIGSEGV");
  expect(stderr).toContain('Args: "rolecall (the arguments are hidden, because they may contain secrets.');
  const report = stderr.slice(stderr.indexOf("Args:"));
  expect(report).not.toContain('"serve"');
  expect(report).not.toContain("the-argument");
});
