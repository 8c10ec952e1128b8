/**
 * Compares rolecall with botocore in random situations. Success or failure, the resulting identity, and the requests to
 * each STS server must be the same. ROLECALL_SEED sets the seed, and ROLECALL_SITUATIONS the number of situations.
 *
 * Requests to AWS itself go to a proxy on loopback, which rejects them and records the host name.
 *
 * The situations exclude known differences: empty variables, a byte order mark, a `duration_seconds` that is not a
 * number, sources that a cached role does not need, MFA prompts, proxies. Differences that cannot be excluded are listed
 * in KNOWN_DIFFERENCES.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { startServiceSession } from "../cloud/iam.ts";
import { imdsVariables } from "../cloud/imds.ts";
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { type SimulatedSts, startSts } from "../cloud/sts.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";
import { makeSituation, type RandomSituation, randomFrom } from "./situations.ts";

const SEED = Number(process.env.ROLECALL_SEED ?? Math.floor(Math.random() * 1e9));
const COUNT = Number(process.env.ROLECALL_SITUATIONS ?? 300);
const RESOLVER = fileURLToPath(new URL("botocore_resolver.py", import.meta.url));

let cloud: Cloud;
/** Distinguishes the endpoints: a second STS server. */
let otherSts: SimulatedSts;
let proxy: TestProxy;
let home: TestHome;
let botocore: ChildProcess;
let botocoreLines: AsyncIterator<string>;

/** Errors of botocore in situations in which rolecall succeeds, and why. */
const KNOWN_DIFFERENCES: readonly (readonly [message: RegExp, reason: string])[] = [
  [/^NoRegionError/, "rolecall needs no region to assume a role"],
  [/^ProxyConnectionError/, "rolecall ignores a failed refresh while the old token is still valid"],
  [
    /^InvalidConfigError: .*SSO token provider/,
    "rolecall ignores an sso_session that is not the source of the credentials",
  ],
];

interface Result {
  /** The identity of the credentials; undefined for an error. */
  readonly arn: string | undefined;
  readonly calls: readonly unknown[];
  /** The AWS hosts to which requests were sent. */
  readonly hosts: readonly string[];
  /** The error, for the report. */
  readonly message: string;
}

describe.skipIf(PYTHON_BIN === undefined)("rolecall and botocore (needs Python and a package index)", () => {
  beforeAll(async () => {
    [cloud, proxy] = await Promise.all([startCloud(), startProxy()]);
    otherSts = await startSts(cloud.iam);
    home = makeHome();
    botocore = spawn(join(PYTHON_BIN ?? "", "python"), [RESOLVER], {
      // botocore determines the folder of its token cache when it starts.
      env: home.environment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (botocore.stdout === null) throw new Error("no pipe");
    botocoreLines = createInterface({ input: botocore.stdout })[Symbol.asyncIterator]();
  });
  afterAll(async () => {
    botocore.stdin?.end();
    home.remove();
    await Promise.all([cloud.stop(), otherSts.stop(), proxy.stop()]);
  });

  test(`agree in ${COUNT} situations from seed ${SEED}`, async () => {
    const random = randomFrom(SEED);
    const { user1, user2 } = cloud;
    const keys = { AccessKeyId: user2.accessKeyId, SecretAccessKey: user2.secretAccessKey };
    const prints = (output: object) => `#!/bin/sh\necho '${JSON.stringify(output)}'\n`;
    const processes: readonly string[] = [
      prints({ Version: 1, ...keys }),
      prints({ Version: 1, ...keys, Expiration: "2099-01-02T03:04:05Z", AccountId: "123456789012" }),
      prints({ Version: 1, ...keys, Expiration: "2099-01-02T03:04:05", SessionToken: null }),
      prints({ Version: 1, ...keys, Expiration: "2020-01-02T03:04:05+00:00" }),
      prints({ Version: 1, ...keys, Expiration: "soon" }),
      prints({ Version: "1", ...keys }),
      prints({ Version: 2, ...keys }),
      prints({ Version: 1, AccessKeyId: user2.accessKeyId }),
      "#!/bin/sh\nexit 1\n",
      "#!/bin/sh\necho nonsense\n",
      `${prints({ Version: 1, ...keys })}exit 3\n`,
    ];
    const login = startServiceSession(cloud.iam, "login-role", "person", 3600);
    const ingredients = {
      keys: () => {
        const user = random() < 0.7 ? user1 : user2;
        return { id: user.accessKeyId, secret: user.secretAccessKey };
      },
      containerUri: `${cloud.container.url}/v2/credentials/x`,
      tokenFile: home.write("token", "header.web-identity.signature"),
      // The first one, which succeeds, is the most frequent.
      processes: processes
        .map((script, index) => home.write(`process-${index}`, script, 0o755))
        .flatMap((path, index) => (index === 0 ? Array<string>(6).fill(`${path} "an argument"`) : [path])),
      signInUrl: cloud.signIn.url,
      stsUrls: [cloud.sts.url, otherSts.url],
      loginKeys: {
        accessKeyId: login.accessKeyId,
        secretAccessKey: login.secretAccessKey,
        sessionToken: login.sessionToken ?? "",
      },
      dpopKey: generateKeyPairSync("ec", { namedCurve: "P-256" })
        .privateKey.export({ format: "pem", type: "sec1" })
        .toString(),
      now: new Date(),
    };
    const differences: string[] = [];
    let reached = 0;
    for (let index = 0; index < COUNT; index++) {
      const situation = makeSituation(random, ingredients);
      cloud.imds.behavior.role = situation.instanceRole ? "instance" : undefined;
      cloud.imds.behavior.token = situation.onlyImdsV1 ? { status: 404 } : undefined;
      cloud.imds.behavior.requireToken = !situation.onlyImdsV1;
      const [ours, theirs] = [await byRolecall(situation), await byBotocore(situation)];
      if (theirs.arn !== undefined) reached++;
      if (isSame(ours, theirs)) continue;
      const details = JSON.stringify({ situation, ours, theirs }, undefined, 1).replaceAll("\\n", "\n");
      differences.push(`${index}: ${summary(ours)} | botocore ${summary(theirs)}\n${details}`);
    }
    // A summary of all, and the details of the first three.
    for (const difference of differences) console.log(difference.split("\n", 1)[0]);
    console.log(`${COUNT} situations from seed ${SEED}: ${reached} reached an identity, ${differences.length} differ`);
    expect(differences.slice(0, 3).join("\n")).toBe("");
    // If nearly all situations failed, they would prove little. About a quarter reach an identity.
    expect(reached).toBeGreaterThan(COUNT / 8);
  }, 3_600_000);
});

/** Restores the files and tokens: a refresh replaces them. */
function reset(situation: RandomSituation): void {
  rmSync(join(home.path, ".aws"), { recursive: true, force: true });
  home.write(".aws/config", situation.config);
  home.write(".aws/credentials", situation.credentials);
  for (const [path, text] of Object.entries(situation.files)) home.write(path, text);
  cloud.signIn.tokens.delete("refreshed-token");
  cloud.signIn.refreshTokens.add("good-refresh-token");
}

function environmentOf(situation: RandomSituation): Record<string, string> {
  return home.environment({
    ...situation.environment,
    AWS_MAX_ATTEMPTS: "1",
    HTTPS_PROXY: proxy.url,
    ...imdsVariables(cloud.imds),
  });
}

async function byRolecall(situation: RandomSituation): Promise<Result> {
  const before = requestCounts();
  reset(situation);
  const chosen = [
    ...(situation.profile === undefined ? [] : ["--profile", situation.profile]),
    ...(situation.region === undefined ? [] : ["--region", situation.region]),
  ];
  const { stdout, stderr } = await home.run(["export", "--no-cache", "--no-input", ...chosen], {
    env: environmentOf(situation),
  });
  return result(stdout === "" ? undefined : JSON.parse(stdout).AccessKeyId, before, stderr);
}

async function byBotocore(situation: RandomSituation): Promise<Result> {
  const before = requestCounts();
  reset(situation);
  const request = {
    environment: environmentOf(situation),
    profile: situation.profile ?? null,
    region: situation.region ?? null,
  };
  botocore.stdin?.write(`${JSON.stringify(request)}\n`);
  const { accessKeyId, error } = JSON.parse((await botocoreLines.next()).value);
  return result(accessKeyId, before, error ?? "");
}

/** The number of requests that each server has received. */
interface RequestCounts {
  readonly sts: number;
  readonly otherSts: number;
  readonly proxy: number;
}

function requestCounts(): RequestCounts {
  return { sts: cloud.sts.calls.length, otherSts: otherSts.calls.length, proxy: proxy.requests.length };
}

function result(accessKeyId: string | undefined, before: RequestCounts, message: string): Result {
  const withoutSessionName = (text: string) => text.replace(/(botocore|rolecall)-session-\d+/, "session");
  const since = (server: SimulatedSts, start: number, at: string) =>
    server.calls.slice(start).map(({ action, parameters, region, caller }) => {
      const { Version: _, ...sent } = parameters;
      return {
        at,
        action,
        region,
        caller: withoutSessionName(caller ?? ""),
        sent: { ...sent, RoleSessionName: withoutSessionName(sent.RoleSessionName ?? "") },
      };
    });
  const arn = cloud.iam.principal(accessKeyId ?? "")?.arn;
  return {
    arn: arn && withoutSessionName(arn),
    calls: [...since(cloud.sts, before.sts, "sts"), ...since(otherSts, before.otherSts, "the other sts")],
    hosts: proxy.requests.slice(before.proxy).map((asked) => asked.what),
    message,
  };
}

/**
 * If both fail, the number of requests may differ: rolecall detects more errors before its first request, and continues
 * after more errors. But if both sent requests to AWS, the first host must be the same.
 */
function isSame(ours: Result, theirs: Result): boolean {
  if (ours.arn === undefined && theirs.arn === undefined) {
    if (ours.hosts.length === 0 || theirs.hosts.length === 0) return true;
    if (ours.hosts[0] === theirs.hosts[0]) return true;
    // Without a region botocore builds a host name from "aws-global", which does not exist with FIPS.
    if (theirs.hosts.some((host) => host.includes("aws-global"))) return true;
    // botocore does not use the instance's region.
    const regional = `CONNECT sts.${cloud.imds.behavior.region}.amazonaws.com:443`;
    return ours.hosts.includes(regional) && theirs.hosts.includes("CONNECT sts.amazonaws.com:443");
  }
  if (theirs.arn === undefined && KNOWN_DIFFERENCES.some(([message]) => message.test(theirs.message))) return true;
  // A missing services section is an error in every client of the AWS CLI; rolecall reports it at once.
  if (/the section \[services .*\] does not exist/.test(ours.message) && theirs.calls.length === 0) return true;
  return ours.arn === theirs.arn && Bun.deepEquals([ours.calls, ours.hosts], [theirs.calls, theirs.hosts]);
}

function summary({ arn, calls, hosts, message }: Result): string {
  return `${arn ?? message.split("\n", 1)[0]} (${calls.length} calls${hosts.map((host) => `, ${host}`).join("")})`;
}
