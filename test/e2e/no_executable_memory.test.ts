/** Processes that may not have new executable memory: `bun:ffi` fails there, and rolecall makes system calls itself. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { roleArn } from "../cloud/iam.ts";
import { keysSection } from "../support/aws_files.ts";
import { IS_ROOT, isInstalled } from "../support/machine.ts";
import { sendRequest } from "../support/send_request.ts";
import {
  IS_EMULATED,
  makeHome,
  parseEnvironment,
  REPLACES_PROCESS,
  SUBJECT_ARGV,
  type TestHome,
} from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  home = makeHome({
    config: `[profile m]\nrole_arn = ${roleArn("marketingadminrole")}\nsource_profile = user1\nregion = eu-west-3\n`,
    credentials: keysSection("user1", cloud.user1),
    env: { AWS_ENDPOINT_URL_STS: cloud.sts.url, AWS_EC2_METADATA_DISABLED: "true" },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

interface Restriction {
  readonly name: string;
  /** A command that runs its arguments with the restriction. */
  readonly wrapper: readonly string[];
  readonly possible: boolean;
  /** Whether the process can still be replaced. */
  readonly replaces: boolean;
}

const MDWE = ["python3", fileURLToPath(new URL("../support/without_executable_memory.py", import.meta.url))];

/** All folders for temporary files are missing or forbid to execute files, so that no addon can be loaded. */
const NO_ADDON = [
  "unshare",
  "-m",
  "sh",
  "-c",
  'for folder in /dev/shm /var/tmp; do mount -t tmpfs -o noexec none $folder; done; exec "$@"',
  "sh",
  "env",
  "BUN_JSC_useJIT=0",
  "TMPDIR=/nowhere",
  "XDG_RUNTIME_DIR=/nowhere",
];

const succeeds = ([program = "", ...args]: readonly string[]) => spawnSync(program, [...args, "true"]).status === 0;

/** Deno and other platforms neither need nor have a way to make system calls. */
const HAS_ADDON = REPLACES_PROCESS && process.platform === "linux";

const RESTRICTIONS: readonly Restriction[] = [
  { name: "BUN_JSC_useJIT=0", wrapper: ["env", "BUN_JSC_useJIT=0"], possible: HAS_ADDON, replaces: true },
  {
    name: "MemoryDenyWriteExecute",
    wrapper: MDWE,
    possible: HAS_ADDON && !IS_EMULATED && succeeds(MDWE),
    replaces: true,
  },
  {
    name: "a limit of the address space",
    wrapper: ["prlimit", "--as=1500000000"],
    possible: HAS_ADDON && !IS_EMULATED && isInstalled("prlimit"),
    replaces: true,
  },
  {
    name: "no folder for the addon either",
    wrapper: NO_ADDON,
    // QEMU only reads the files whose code it emulates.
    possible: HAS_ADDON && !IS_EMULATED && IS_ROOT && isInstalled("flock") && succeeds(NO_ADDON),
    replaces: false,
  },
];

for (const { name, wrapper, possible, replaces } of RESTRICTIONS) {
  describe.skipIf(!possible)(`with ${name}`, () => {
    const run = (args: readonly string[]) => home.runProgram([...wrapper, ...SUBJECT_ARGV, ...args]);

    test(`exec ${replaces ? "becomes COMMAND" : "runs COMMAND as a child"}, with the same file descriptors`, async () => {
      const command = ["sh", "-c", "echo $$ $(cat <&7); exit 9"];
      const argv = [...wrapper, ...SUBJECT_ARGV, "exec", "-p", "m", "--", ...command];
      const script = 'echo $$; echo shared >.file; exec 7<.file; exec "$@"';
      const { exitCode, stdout, stderr } = await home.runProgram(["sh", "-c", script, "sh", ...argv]);
      expect([exitCode, stderr]).toEqual([9, ""]);
      const [before, after] = stdout.split("\n");
      expect(after?.endsWith(" shared")).toBe(true);
      expect(after === `${before} shared`).toBe(replaces);
    });

    test("20 processes that need the same session make one call", async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => run(["export", "-q", "-p", "m"])));
      expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(outcomes.map(() => [0, ""]));
      expect(cloud.sts.calls.length).toBe(1);
    });

    test("serve goes on serving after it has told the service manager that it is ready", async () => {
      const socket = `${home.path}/notify`;
      const script =
        "import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint('bound',flush=True)\nwhile True:\n m=s.recv(99).decode()\n print(m,flush=True)\n if m.startswith('STOPPING'): break";
      const listener = home.startProgram(["python3", "-c", script, socket]);
      await listener.says(/bound/);
      const server = home.startProgram([...wrapper, ...SUBJECT_ARGV, "serve", "-p", "m"], {
        env: { NOTIFY_SOCKET: socket },
      });
      await server.says(/TOKEN=.*\n/);
      // Without system calls, systemd-notify(1) sends it, which may not be installed.
      if (replaces) await listener.says(/READY=1/);
      const exported = parseEnvironment(server.stdout().replaceAll("export ", ""));
      const { status } = await sendRequest(exported.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "", {
        headers: { authorization: exported.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "" },
      });
      expect(status).toBe(200);
      expect((await server.stop()).exitCode).toBe(0);
      if (replaces) expect((await listener.ended).stdout).toBe("bound\nREADY=1\nSTOPPING=1\n");
      else await listener.stop();
    });

    test("exec --serve serves COMMAND", async () => {
      const script = 'echo "$AWS_CONTAINER_CREDENTIALS_FULL_URI $AWS_CONTAINER_AUTHORIZATION_TOKEN"; cat >/dev/null';
      const program = home.startProgram([
        ...wrapper,
        ...SUBJECT_ARGV,
        ...["exec", "-p", "m", "--serve", "--", "sh", "-c", script],
      ]);
      const [, url = "", token = ""] = await program.says(/(\S+) (\S+)\n/);
      expect((await sendRequest(url, { headers: { authorization: token } })).status).toBe(200);
      program.endInput();
      expect((await program.ended).exitCode).toBe(0);
    });
  });
}
