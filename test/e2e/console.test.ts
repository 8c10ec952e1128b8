/** `console`: the sign-in URL, printed or opened, is valid at the federation endpoint. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { mfaArn, roleArn } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { keysSection } from "../support/aws_files.ts";
import { makeHome, type TestHome } from "../support/subject.ts";

let cloud: Cloud;
let home: TestHome;

beforeEach(async () => {
  cloud = await startCloud();
  const role = (name: string, arn: string, source: string) =>
    `[profile ${name}]\nrole_arn = ${arn}\nsource_profile = ${source}\n`;
  home = makeHome({
    credentials: keysSection("default", cloud.user1),
    config:
      role("m", roleArn("marketingadminrole"), "default") +
      role("hub", roleArn("hub"), "default") +
      role("chain", roleArn("deploy"), "hub") +
      role("secret-cloud", "arn:aws-iso:iam::123456789012:role/x", "default"),
    env: {
      AWS_ENDPOINT_URL_STS: cloud.sts.url,
      AWS_ENDPOINT_URL_SIGNIN: cloud.signIn.url,
      ...imdsVariables(cloud.imds),
      PATH: "/nowhere",
    },
  });
});
afterEach(async () => {
  home.remove();
  await cloud.stop();
});

const run = (args: readonly string[], env: Record<string, string> = {}) => home.run(["console", ...args], { env });

/** Opens a sign-in URL as a browser does. @returns the status and the Location header. */
async function signIn(url: string) {
  const response = await fetch(url, { redirect: "manual" });
  return [response.status, response.headers.get("location")];
}

describe("the URL", () => {
  test("signs in as the role, once", async () => {
    const { stdout, stderr, exitCode } = await run(["-p", "m", "--region", "eu-west-1", "--role-session-name", "me"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(stdout).toEndWith("\n");
    expect(await signIn(stdout.trim())).toEqual([302, "https://console.aws.amazon.com/console/home?region=eu-west-1"]);
    expect(cloud.signIn.consoleSessions.map(({ arn, duration }) => [arn, duration])).toEqual([
      ["arn:aws:sts::123456789012:assumed-role/marketingadminrole/me", 3600],
    ]);
    expect((await signIn(stdout.trim()))[0]).toBe(400);
  });

  test("contains no credentials, and neither does any requested URL", async () => {
    const { stdout } = await run(["-p", "m"]);
    expect(cloud.signIn.requests.map(({ method, target }) => `${method} ${target}`)).toEqual(["POST /federation"]);
    const { sessionId } = JSON.parse(new URLSearchParams(cloud.signIn.requests[0]?.body).get("Session") ?? "");
    expect(sessionId).toStartWith("ASIA");
    expect(stdout).not.toContain(sessionId);
  });

  const pages: readonly [args: readonly string[], page: string][] = [
    [[], "https://console.aws.amazon.com/console/home"],
    [["--destination", "s3"], "https://console.aws.amazon.com/s3/home"],
    [["--destination", "s3", "--region", "eu-west-1"], "https://console.aws.amazon.com/s3/home?region=eu-west-1"],
    [["--destination", "https://console.aws.amazon.com/a?b=c&d#e"], "https://console.aws.amazon.com/a?b=c&d#e"],
    [["--region", "cn-north-1"], "https://console.aws.amazon.com/console/home?region=cn-north-1"],
  ];
  for (const [args, page] of pages) {
    test(`leads to ${page}`, async () => {
      const { stdout } = await run(["-p", "m", ...args]);
      expect(new URL(stdout).searchParams.get("Destination")).toBe(page);
    });
  }

  test("leads to the region of the instance", async () => {
    const { stdout } = await run(["--credential-source", "Ec2InstanceMetadata"]);
    expect(await signIn(stdout.trim())).toEqual([
      302,
      "https://console.aws.amazon.com/console/home?region=eu-central-1",
    ]);
  });

  test("signs in for --session-duration", async () => {
    const { stdout } = await run(["-p", "m", "--session-duration", "8h"]);
    await signIn(stdout.trim());
    expect(cloud.signIn.consoleSessions[0]?.duration).toBe(28_800);
  });

  test("of a chained role signs in, and --session-duration is rejected before any call", async () => {
    expect((await signIn((await run(["-p", "chain"])).stdout.trim()))[0]).toBe(302);
    const calls = cloud.sts.calls.length;
    const { stderr, exitCode } = await run(["-p", "chain", "--no-cache", "--session-duration", "2h"]);
    expect(stderr).toContain(
      "error[invalid-option]: the console session of a chained role has a fixed duration of 1 hour",
    );
    expect([exitCode, cloud.sts.calls.length]).toEqual([2, calls]);
  });
});

describe("rejects", () => {
  const GUARDED = ["--mfa-serial", mfaArn("user1"), "--mfa-code", "012345", "--mfa-session"];
  const rows: readonly [what: string, args: readonly string[], exitCode: number, code: string, text: string][] = [
    ["plain keys", [], 1, "console-impossible", "the console needs temporary credentials, but these are plain keys"],
    ["an MFA session", GUARDED, 1, "console-impossible", "an MFA session alone"],
    ["a partition without a console", ["-p", "secret-cloud", "--region", "x"], 1, "console-impossible", '"aws-iso"'],
    ["a region without a console", ["--region", "us-isob-east-1"], 1, "console-impossible", '"aws-iso-b"'],
    [
      "a session duration that is not a duration",
      ["-p", "m", "--session-duration", "soon"],
      2,
      "invalid-option",
      "such as 900, 15m or 1h",
    ],
    [
      "a session duration that is too long",
      ["-p", "m", "--session-duration", "13h"],
      2,
      "invalid-option",
      "15m to 12h",
    ],
    [
      "a session duration that is too short",
      ["-p", "m", "--session-duration", "60"],
      2,
      "invalid-option",
      "15m to 12h",
    ],
    [
      "a destination over plain HTTP",
      ["-p", "m", "--destination", "http://x.example/"],
      2,
      "invalid-option",
      "invalid console destination",
    ],
    [
      "a destination that is a path",
      ["-p", "m", "--destination", "../x"],
      2,
      "invalid-option",
      "invalid console destination",
    ],
    ["an argument", ["s3"], 2, "unexpected-argument", "s3"],
    ["--open without a browser", ["-p", "m", "--open"], 1, "browser-failed", "no program found"],
  ];
  for (const [what, args, exitCode, code, text] of rows) {
    test(what, async () => {
      const outcome = await run(args);
      expect(outcome.stderr).toContain(`error[${code}]`);
      expect(outcome.stderr).toContain(text);
      expect([outcome.stdout, outcome.exitCode]).toEqual(["", exitCode]);
      expect(cloud.signIn.requests).toEqual([]);
    });
  }
});

describe("the sign-in service", () => {
  test("sends no reason for an error, so the help lists the usual ones", async () => {
    cloud.signIn.next.push({ status: 400 });
    const { stderr, exitCode } = await run(["-p", "m", "--session-duration", "1h"]);
    expect(stderr).toContain("error[console-failed]: could not get a sign-in token from 127.0.0.1");
    expect(stderr).toContain("omit --session-duration");
    expect(exitCode).toBe(1);
  });

  test("is asked again after a temporary error, but not after a response without a token", async () => {
    cloud.signIn.next.push({ status: 503 }, "reset");
    expect((await run(["-p", "m"])).exitCode).toBe(0);
    cloud.signIn.next.push({ body: "{}" });
    expect((await run(["-p", "m"])).stderr).toContain("the response contains none");
  });
});

describe("--open", () => {
  const SEEN = "seen";

  /** A browser that records its arguments and then runs the script. */
  function browser(script = ""): string {
    return home.write(
      "browser",
      `#!/bin/sh\nprintf '%s\\n' "$@" >"$HOME/${SEEN}.new"\n/bin/mv "$HOME/${SEEN}.new" "$HOME/${SEEN}"\n${script}\n`,
      0o755,
    );
  }

  function pages(): string {
    const folder = join(home.path, "run");
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  const open = (BROWSER: string, args: readonly string[] = []) =>
    run(["-p", "m", "--open", ...args], { BROWSER, XDG_RUNTIME_DIR: pages() });

  test("opens a private file that redirects to the URL, and prints nothing", async () => {
    const { stdout, stderr, exitCode } = await open(`/no/such/thing:${browser()} --new-window`);
    expect([stdout, stderr, exitCode]).toEqual(["", "", 0]);
    const [option, url = ""] = readFileSync(join(home.path, SEEN), "utf8").trim().split("\n");
    expect(option).toBe("--new-window");
    const file = fileURLToPath(url);
    expect([statSync(file).mode & 0o777, statSync(join(file, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
    const page = readFileSync(file, "utf8");
    const target = /content="0;url=([^"]*)"/.exec(page)?.[1]?.replaceAll("&#38;", "&") ?? "";
    expect((await signIn(target))[0]).toBe(302);
  });

  test("replaces %s by the URL of the file", async () => {
    await open(`${browser()} --url=%s --private`);
    expect(readFileSync(join(home.path, SEEN), "utf8")).toMatch(/^--url=file:.*\/sign-in\.html\n--private\n$/);
  });

  test("reports a browser that fails, and removes the file", async () => {
    const { stderr, exitCode } = await open(browser("exit 3"));
    expect(stderr).toContain("could not open a browser: it exited with code 3");
    expect([exitCode, readdirSync(pages())]).toEqual([1, []]);
  });

  test("removes the files of earlier runs once their URLs have expired", async () => {
    await open(browser());
    const [old = ""] = readdirSync(pages());
    await open(browser());
    expect(readdirSync(pages())).toContain(old);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(pages(), old), anHourAgo, anHourAgo);
    await open(browser());
    expect(readdirSync(pages())).not.toContain(old);
  });

  test("reports a file that cannot be written", async () => {
    const env = { BROWSER: browser(), XDG_RUNTIME_DIR: "/no/such/runtime", TMPDIR: "/no/such/folder" };
    const { stderr } = await run(["-p", "m", "--open"], env);
    expect(stderr).toContain("cannot write to /no/such/folder: ");
  });
});
