/**
 * The same random situations for rolecall and for botocore: the identity reached, the requests that STS got and where,
 * and success or failure have to be the same. ROLECALL_SEED and ROLECALL_SITUATIONS say which and how many.
 *
 * Whatever is meant for AWS itself goes to a proxy on loopback, which refuses it and keeps the host's name.
 *
 * Known differences are kept out of the situations: empty variables, a byte order mark, `duration_seconds` that is no
 * number, sources that a cached role does not need, MFA prompts, proxies. Those that cannot be kept out are in KNOWN.
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
import { startProxy, type TestProxy } from "../cloud/proxy.ts";
import { type SimulatedSts, startSts } from "../cloud/sts.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";
import { makeSituation, type RandomSituation, randomFrom } from "./situations.ts";

const SEED = Number(process.env.ROLECALL_SEED ?? Math.floor(Math.random() * 1e9));
const COUNT = Number(process.env.ROLECALL_SITUATIONS ?? 300);
const RESOLVER = fileURLToPath(new URL("botocore_resolver.py", import.meta.url));

let cloud: Cloud;
/** A second one, for endpoints that differ. */
let otherSts: SimulatedSts;
let proxy: TestProxy;
let home: TestHome;
let botocore: ChildProcess;
let answers: AsyncIterator<string>;

/** What botocore says where it fails and we do not, with the reason. */
const KNOWN: readonly (readonly [said: RegExp, reason: string])[] = [
  [/^NoRegionError/, "a role needs no region here"],
  [/^ProxyConnectionError/, "a refresh that fails is no failure while what it would have replaced still lives"],
  [/^InvalidConfigError: .*SSO token provider/, "an sso_session that is not the source of the credentials has no say"],
];

interface Result {
  /** Whose credentials came out; undefined for a failure. */
  readonly arn: string | undefined;
  readonly calls: readonly unknown[];
  /** The hosts of AWS that were asked. */
  readonly hosts: readonly string[];
  /** For the report. */
  readonly said: string;
}

describe.skipIf(PYTHON_BIN === undefined)("like botocore (needs Python and a package index)", () => {
  beforeAll(async () => {
    [cloud, proxy] = await Promise.all([startCloud(), startProxy()]);
    otherSts = await startSts(cloud.iam);
    home = makeHome();
    botocore = spawn(join(PYTHON_BIN ?? "", "python"), [RESOLVER], {
      // Where tokens are it decides as it starts.
      env: home.environment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (botocore.stdout === null) throw new Error("no pipe");
    answers = createInterface({ input: botocore.stdout })[Symbol.asyncIterator]();
  });
  afterAll(async () => {
    botocore.stdin?.end();
    home.remove();
    await Promise.all([cloud.stop(), otherSts.stop(), proxy.stop()]);
  });

  test(`${COUNT} situations from seed ${SEED}`, async () => {
    const random = randomFrom(SEED);
    const { user1, user2 } = cloud;
    const keys = { AccessKeyId: user2.accessKeyId, SecretAccessKey: user2.secretAccessKey };
    const prints = (answer: object) => `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`;
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
      // The good one comes up most.
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
    const different: string[] = [];
    let reached = 0;
    for (let index = 0; index < COUNT; index++) {
      const situation = makeSituation(random, ingredients);
      cloud.imds.behavior.role = situation.instanceRole ? "instance" : undefined;
      cloud.imds.behavior.token = situation.onlyImdsV1 ? { status: 404 } : undefined;
      cloud.imds.behavior.requireToken = !situation.onlyImdsV1;
      const [ours, theirs] = [await byUs(situation), await byBotocore(situation)];
      if (theirs.arn !== undefined) reached++;
      if (same(ours, theirs)) continue;
      const whole = JSON.stringify({ situation, ours, theirs }, undefined, 1).replaceAll("\\n", "\n");
      different.push(`${index}: ${inShort(ours)} | botocore ${inShort(theirs)}\n${whole}`);
    }
    // All in short; the first few whole.
    for (const one of different) console.log(one.split("\n", 1)[0]);
    console.log(`${COUNT} situations from seed ${SEED}: ${reached} reached an identity, ${different.length} differ`);
    expect(different.slice(0, 3).join("\n")).toBe("");
    // A generator that only makes failures would prove nothing.
    expect(reached).toBeGreaterThan(COUNT / 5);
  }, 3_600_000);
});

/** Everything as it was: a refresh writes tokens back, and spends the old ones. */
function prepare(situation: RandomSituation): void {
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
    AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.imds.url,
  });
}

async function byUs(situation: RandomSituation): Promise<Result> {
  const before = marks();
  prepare(situation);
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
  const before = marks();
  prepare(situation);
  const question = {
    environment: environmentOf(situation),
    profile: situation.profile ?? null,
    region: situation.region ?? null,
  };
  botocore.stdin?.write(`${JSON.stringify(question)}\n`);
  const { accessKeyId, error } = JSON.parse((await answers.next()).value);
  return result(accessKeyId, before, error ?? "");
}

/** How much each server had been asked. */
interface Marks {
  readonly sts: number;
  readonly otherSts: number;
  readonly proxy: number;
}

function marks(): Marks {
  return { sts: cloud.sts.calls.length, otherSts: otherSts.calls.length, proxy: proxy.asked.length };
}

function result(accessKeyId: string | undefined, before: Marks, said: string): Result {
  const anonymous = (text: string) => text.replace(/(botocore|rolecall)-session-\d+/, "session");
  const since = (server: SimulatedSts, start: number, at: string) =>
    server.calls.slice(start).map(({ action, parameters, region, caller }) => {
      const { Version: _, ...sent } = parameters;
      return {
        at,
        action,
        region,
        caller: anonymous(caller ?? ""),
        sent: { ...sent, RoleSessionName: anonymous(sent.RoleSessionName ?? "") },
      };
    });
  const arn = cloud.iam.principal(accessKeyId ?? "")?.arn;
  return {
    arn: arn && anonymous(arn),
    calls: [...since(cloud.sts, before.sts, "sts"), ...since(otherSts, before.otherSts, "the other sts")],
    hosts: proxy.asked.slice(before.proxy).map((asked) => asked.what),
    said,
  };
}

/**
 * Where both fail, it does not matter how far they got: rolecall finds out more before it asks, and goes on after more.
 * But if both asked AWS, they asked the same host first.
 */
function same(ours: Result, theirs: Result): boolean {
  if (ours.arn === undefined && theirs.arn === undefined) {
    if (ours.hosts.length === 0 || theirs.hosts.length === 0) return true;
    if (ours.hosts[0] === theirs.hosts[0]) return true;
    // Without a region botocore makes a host of its own name for that, which there is not with FIPS.
    if (theirs.hosts.some((host) => host.includes("aws-global"))) return true;
    // Nor does it take the instance's region.
    const regional = `CONNECT sts.${cloud.imds.behavior.region}.amazonaws.com:443`;
    return ours.hosts.includes(regional) && theirs.hosts.includes("CONNECT sts.amazonaws.com:443");
  }
  if (theirs.arn === undefined && KNOWN.some(([said]) => said.test(theirs.said))) return true;
  // A services section that is not there fails every client of the AWS CLI, and here at once.
  if (ours.said.includes("there is no section [services") && theirs.calls.length === 0) return true;
  return ours.arn === theirs.arn && Bun.deepEquals([ours.calls, ours.hosts], [theirs.calls, theirs.hosts]);
}

function inShort({ arn, calls, hosts, said }: Result): string {
  return `${arn ?? said.split("\n", 1)[0]} (${calls.length} calls${hosts.map((host) => `, ${host}`).join("")})`;
}
