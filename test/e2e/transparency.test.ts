/**
 * `exec` is transparent: a command inherits the same state whether it is started directly or through `rolecall exec`. In
 * each row a parent sets one attribute to an unusual value and then replaces itself with "$@", and a probe prints what it
 * inherits. The table is printed at the end.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { atTerminal } from "../support/at_terminal.ts";
import { HAS_PTY, IS_ROOT, isInstalled } from "../support/machine.ts";
import { HAS_PROLOGUE, IS_EMULATED, makeHome, SUBJECT_ARGV, type TestHome } from "../support/subject.ts";

const HAS_BLOCK_SIGNAL = spawnSync("env", ["--block-signal=TERM", "true"]).status === 0;

interface Row {
  readonly item: string;
  /** A shell command line that sets the attribute, and ends with exec "$@". */
  readonly parent: string;
  /** The command: a shell command line, or argv. */
  readonly probe: string | readonly string[];
  /** Extracts the relevant part of the output. */
  readonly read?: (stdout: string) => string;
  /** Whether the attribute can be set on this machine. */
  readonly possible?: boolean;
}

/** QEMU catches the signals that end a process by default, and uses SIGSEGV and the last real-time signals itself. */
const IGNORED_SIGNALS = IS_EMULATED
  ? "CHLD,TSTP,TTIN,TTOU,URG,WINCH"
  : "HUP,INT,QUIT,TRAP,ABRT,SEGV,USR1,USR2,PIPE,ALRM,TERM,CHLD,XFSZ,PWR,SYS,RTMAX";
const BLOCKED_SIGNALS = IS_EMULATED ? "HUP,INT,QUIT,USR1,USR2,PIPE,ALRM,TERM,CHLD,XFSZ,PWR" : IGNORED_SIGNALS;

const ROWS: readonly Row[] = [
  { item: "process id", parent: 'W=$$ exec env W=$$ "$@"', probe: "echo $(($$ - W))" },
  { item: "parent", parent: 'exec env W=$PPID "$@"', probe: "echo $((PPID - W))" },
  {
    item: "process group and session",
    parent: 'exec setsid "$@"',
    probe: "set -- $(cat /proc/$$/stat); echo $(($5 - $$)) $(($6 - $$))",
    possible: isInstalled("setsid"),
  },
  {
    item: "file descriptors from 3 up",
    parent: 'exec 3</dev/null 4>>.log 5</dev/zero 9>/dev/null; exec "$@"',
    probe: "for n in 3 4 5 9; do echo $n $(readlink /proc/$$/fd/$n) $(grep flags /proc/$$/fdinfo/$n); done",
  },
  {
    item: "a high file descriptor",
    parent: 'exec bash -c \'exec 77</dev/zero; exec "$@"\' bash "$@"',
    probe: "readlink /proc/$$/fd/77",
    possible: isInstalled("bash"),
  },
  { item: "closed standard input", parent: 'exec "$@" <&-', probe: ["ls", "/proc/self/fd"] },
  {
    item: "closed standard output",
    parent: 'exec "$@" 2>&1 >&-',
    probe: ["sh", "-c", "ls /proc/$$/fd >&2"],
  },
  { item: "closed standard error", parent: 'exec "$@" 2>&-', probe: ["ls", "/proc/self/fd"] },
  {
    item: "process substitution",
    parent: 'exec bash -c \'"$@" <(echo substituted)\' bash "$@"',
    probe: ["cat"],
    possible: isInstalled("bash"),
  },
  {
    item: "socket activation",
    parent: 'exec 3</dev/zero; exec env LISTEN_FDS=1 LISTEN_PID=$$ "$@"',
    probe: "echo $LISTEN_FDS $((LISTEN_PID - $$)) $(readlink /proc/$$/fd/3)",
  },
  {
    item: "status flags of 0",
    parent: 'dd iflag=nonblock count=0 2>/dev/null; exec "$@"',
    probe: "grep flags /proc/$$/fdinfo/0",
  },
  {
    item: "status flags of 1 and 2",
    parent: 'exec 7>&1 2>>.log; exec "$@" 1<>.other',
    probe: "grep -h flags /proc/$$/fdinfo/1 /proc/$$/fdinfo/2 >&7",
  },
  {
    item: "ignored signals",
    parent: `exec env --ignore-signal=${IGNORED_SIGNALS} "$@"`,
    probe: ["grep", "SigIgn", "/proc/self/status"],
    possible: HAS_BLOCK_SIGNAL,
  },
  {
    item: "no ignored signals",
    parent: `exec env --default-signal "$@"`,
    probe: ["grep", "SigIgn", "/proc/self/status"],
    possible: HAS_BLOCK_SIGNAL,
  },
  {
    item: "blocked signals",
    parent: `exec env --block-signal=${BLOCKED_SIGNALS} "$@"`,
    probe: ["grep", "SigBlk", "/proc/self/status"],
    possible: HAS_BLOCK_SIGNAL,
  },
  {
    item: "caught signals",
    parent: 'trap "echo caught" USR1 PIPE; exec "$@"',
    probe: ["grep", "SigCgt", "/proc/self/status"],
  },
  {
    item: "resource limits",
    parent:
      'exec prlimit --nofile=345:678 --core=0 --cpu=3000 --data=90000000000 --fsize=5000000 --locks=77 --memlock=60000 --msgqueue=700000 --sigpending=99 --stack=4000000 "$@"',
    probe: ["cat", "/proc/self/limits"],
    possible: isInstalled("prlimit"),
  },
  {
    item: "a file size limit that is too low for the record",
    parent: 'exec prlimit --fsize=4096 "$@"',
    probe: ["grep", "file size", "/proc/self/limits"],
    possible: isInstalled("prlimit"),
  },
  { item: "nice value", parent: 'exec nice -n 7 "$@"', probe: "cut -d' ' -f19 /proc/$$/stat" },
  {
    item: "scheduling policy",
    parent: 'exec chrt -b 0 "$@"',
    probe: "chrt -p $$ | sed s/$$//",
    possible: isInstalled("chrt"),
  },
  {
    item: "CPU affinity",
    parent: 'exec taskset 1 "$@"',
    probe: ["grep", "Cpus_allowed:", "/proc/self/status"],
    possible: isInstalled("taskset"),
  },
  {
    item: "I/O priority",
    parent: 'exec ionice -c 3 "$@"',
    probe: "ionice -p $$",
    possible: isInstalled("ionice"),
  },
  { item: "umask", parent: 'umask 027; exec "$@"', probe: "umask" },
  { item: "working directory", parent: 'mkdir -p a/b; cd a/b; exec "$@"', probe: "readlink /proc/$$/cwd" },
  {
    item: "a deleted working directory",
    parent: 'mkdir -p gone; cd gone; rmdir ../gone; exec "$@"',
    probe: ["readlink", "/proc/self/cwd"],
  },
  { item: "argv[0]", parent: 'exec "$@"', probe: "head -c 2 /proc/$$/cmdline" },
  {
    item: "arguments that are not UTF-8",
    parent: `exec "$@" "$(printf 'x\\377\\303')" '' "$(printf '\\351')"`,
    probe: ["sh", "-c", 'printf "%s|" "$@" | od -An -tx1', "sh"],
  },
  {
    item: "environment: order, and values that are not UTF-8",
    parent: `exec env -i PATH="$PATH" HOME="$HOME" Z=1 A=2 "M=$(printf '\\377')" "N=$(printf 'a\\nb')" E= BUN_OPTIONS=--smol BUN_BE_BUN= "$@"`,
    probe: ["od", "-An", "-v", "-tx1", "/proc/self/environ"],
    read: withoutCredentials,
  },
  {
    item: "capabilities",
    parent: 'exec setpriv --bounding-set -sys_boot,-sys_time --inh-caps +net_raw --ambient-caps +net_raw "$@"',
    probe: ["grep", "Cap", "/proc/self/status"],
    possible: IS_ROOT && isInstalled("setpriv"),
  },
  {
    item: "no-new-privs",
    parent: 'exec setpriv --no-new-privs "$@"',
    probe: ["grep", "NoNewPrivs", "/proc/self/status"],
    possible: isInstalled("setpriv"),
  },
  {
    item: "securebits",
    parent: 'exec setpriv --securebits +keep_caps_locked,+no_setuid_fixup "$@"',
    probe: ["setpriv", "--dump"],
    possible: IS_ROOT && isInstalled("setpriv"),
  },
  {
    item: "parent-death signal",
    parent: 'exec setpriv --pdeathsig USR1 "$@"',
    probe: ["setpriv", "--dump"],
    possible: spawnSync("setpriv", ["--pdeathsig", "USR1", "true"]).status === 0,
  },
  {
    item: "timer slack",
    parent: 'echo 123456 >/proc/$$/timerslack_ns; exec "$@"',
    probe: ["cat", "/proc/self/timerslack_ns"],
  },
  {
    item: "OOM score adjustment",
    parent: 'echo 321 >/proc/$$/oom_score_adj; exec "$@"',
    probe: ["cat", "/proc/self/oom_score_adj"],
  },
  {
    item: "personality",
    parent: 'exec setarch -R "$@"',
    probe: "cat /proc/$$/personality",
    possible: isInstalled("setarch"),
  },
];

let home: TestHome;
const table: string[] = [];

beforeAll(() => {
  home = makeHome({
    credentials: "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret/example\n",
    env: { AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterAll(() => {
  home.remove();
  console.log(["", ...table, ""].join("\n"));
});

/** Runs the row's probe below its parent. */
async function runProbe({ parent, probe, read = (text) => text }: Row, wrapper: readonly string[]) {
  const command = typeof probe === "string" ? ["sh", "-c", probe] : probe;
  const outcome = await home.runProgram(["sh", "-c", parent, "sh", ...wrapper, ...command]);
  return { ...outcome, stdout: read(outcome.stdout) };
}

/** Returns the variables of a hexadecimal dump, one per line, without those that `exec` sets. */
function withoutCredentials(dump: string): string {
  const bytes = Buffer.from(dump.replace(/\s/g, ""), "hex");
  const entries = bytes.toString("latin1").split("\0");
  const added = /^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|ROLECALL_ACTIVE)=/;
  return entries.filter((entry) => !added.test(entry)).join("\n");
}

/** Without executable memory, rolecall makes its own system calls instead of calling the C library. */
const WITHOUT_EXECUTABLE_MEMORY = ["env", "BUN_JSC_useJIT=0"];

describe("a command started through exec inherits the same", () => {
  for (const row of ROWS) {
    // Without the prologue, part of the state can only be guessed (docs/architecture.md).
    test.skipIf(!HAS_PROLOGUE || row.possible === false)(row.item, async () => {
      const direct = await runProbe(row, []);
      const through = await runProbe(row, [...SUBJECT_ARGV, "exec", "--"]);
      table.push(`${row.item.padEnd(54)} ${shorten(through.stdout)}`);
      expect(direct.exitCode).toBe(0);
      expect(through).toEqual(direct);
    });

    test.skipIf(!HAS_PROLOGUE || row.possible === false)(`${row.item}, without executable memory`, async () => {
      const direct = await runProbe(row, WITHOUT_EXECUTABLE_MEMORY);
      const through = await runProbe(row, [...WITHOUT_EXECUTABLE_MEMORY, ...SUBJECT_ARGV, "exec", "--"]);
      expect(direct.exitCode).toBe(0);
      expect(through).toEqual(direct);
    });
  }

  test.skipIf(!HAS_PROLOGUE || !HAS_PTY)("controlling terminal and foreground group", async () => {
    // The terminal's device number, and the foreground group relative to the process's own group.
    const probe = "set -- $(cat /proc/$$/stat); echo $7 $(($8 - $5)); stty -a </dev/tty | head -n 1";
    const runAt = async (wrapper: readonly string[]) => {
      const argv = [...wrapper, "sh", "-c", probe];
      return JSON.stringify(await atTerminal(home, { prompt: "no prompt", inputs: [], argv }));
    };
    const direct = await runAt([]);
    const through = await runAt([...SUBJECT_ARGV, "exec", "--"]);
    table.push(`${"controlling terminal and foreground group".padEnd(54)} ${shorten(through)}`);
    expect(direct).toContain("speed");
    expect(through).toBe(direct);
  });
});

/** Shortens the output to a line of the table. */
function shorten(stdout: string): string {
  const line = stdout.trim().replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
