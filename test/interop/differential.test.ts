/**
 * The same random situations for rolecall and for botocore: the identity reached, the requests that STS got, and success
 * or failure have to be the same. ROLECALL_SEED and ROLECALL_SITUATIONS say which and how many.
 *
 * Known differences are kept out of the situations: empty variables, a role without a region, a byte order mark,
 * `duration_seconds` that is no number, sources that a cached role does not need, MFA prompts, proxies.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Cloud, startCloud } from "../cloud/cloud.ts";
import { makeHome, type TestHome } from "../support/subject.ts";
import { PYTHON_BIN } from "./python.ts";
import { makeSituation, type RandomSituation, randomFrom } from "./situations.ts";

const SEED = Number(process.env.ROLECALL_SEED ?? Math.floor(Math.random() * 1e9));
const COUNT = Number(process.env.ROLECALL_SITUATIONS ?? 300);
const RESOLVER = fileURLToPath(new URL("botocore_resolver.py", import.meta.url));

let cloud: Cloud;
let home: TestHome;
let botocore: ChildProcess;
let answers: AsyncIterator<string>;

interface Result {
  /** Whose credentials came out; undefined for a failure. */
  readonly arn: string | undefined;
  readonly calls: readonly unknown[];
  /** For the report. */
  readonly said: string;
}

describe.skipIf(PYTHON_BIN === undefined)("like botocore (needs Python and a package index)", () => {
  beforeAll(async () => {
    cloud = await startCloud();
    home = makeHome();
    botocore = spawn(join(PYTHON_BIN ?? "", "python"), [RESOLVER], { stdio: ["pipe", "pipe", "inherit"] });
    if (botocore.stdout === null) throw new Error("no pipe");
    answers = createInterface({ input: botocore.stdout })[Symbol.asyncIterator]();
  });
  afterAll(async () => {
    botocore.stdin?.end();
    home.remove();
    await cloud.stop();
  });

  test(`${COUNT} situations from seed ${SEED}`, async () => {
    const random = randomFrom(SEED);
    const { user1, user2 } = cloud;
    const good = JSON.stringify({ Version: 1, AccessKeyId: user2.accessKeyId, SecretAccessKey: user2.secretAccessKey });
    const ingredients = {
      keys: () => {
        const user = random() < 0.7 ? user1 : user2;
        return { id: user.accessKeyId, secret: user.secretAccessKey };
      },
      containerUri: `${cloud.container.url}/v2/credentials/x`,
      tokenFile: home.write("token", "header.web-identity.signature"),
      processes: [
        home.write("good", `#!/bin/sh\necho '${good}'\n`, 0o755),
        home.write("failing", "#!/bin/sh\nexit 1\n", 0o755),
        home.write("nonsense", "#!/bin/sh\necho nonsense\n", 0o755),
      ],
    };
    const different: string[] = [];
    let reached = 0;
    for (let index = 0; index < COUNT; index++) {
      const situation = makeSituation(random, ingredients);
      home.write(".aws/config", situation.config);
      home.write(".aws/credentials", situation.credentials);
      cloud.imds.behavior.role = situation.instanceRole ? "instance" : undefined;
      const [ours, theirs] = [await byUs(situation), await byBotocore(situation)];
      if (theirs.arn !== undefined) reached++;
      if (same(ours, theirs)) continue;
      different.push(JSON.stringify({ index, situation, ours, theirs }, undefined, 1).replaceAll("\\n", "\n"));
    }
    console.log(`${COUNT} situations from seed ${SEED}: ${reached} reached an identity, ${different.length} differ`);
    expect(different.slice(0, 3).join("\n")).toBe("");
    // A generator that only makes failures would prove nothing.
    expect(reached).toBeGreaterThan(COUNT / 5);
  }, 3_600_000);
});

function environmentOf(situation: RandomSituation): Record<string, string> {
  return home.environment({
    ...situation.environment,
    AWS_ENDPOINT_URL_STS: cloud.sts.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.imds.url,
  });
}

async function byUs(situation: RandomSituation): Promise<Result> {
  const before = cloud.sts.calls.length;
  const chosen = situation.profile === undefined ? [] : ["--profile", situation.profile];
  const { stdout, stderr } = await home.run(["export", "--no-cache", "--no-input", ...chosen], {
    env: environmentOf(situation),
  });
  return result(stdout === "" ? undefined : JSON.parse(stdout).AccessKeyId, before, stderr);
}

async function byBotocore(situation: RandomSituation): Promise<Result> {
  const before = cloud.sts.calls.length;
  const question = { environment: environmentOf(situation), profile: situation.profile ?? null };
  botocore.stdin?.write(`${JSON.stringify(question)}\n`);
  const { accessKeyId, error } = JSON.parse((await answers.next()).value);
  return result(accessKeyId, before, error ?? "");
}

function result(accessKeyId: string | undefined, before: number, said: string): Result {
  const anonymous = (text: string) => text.replace(/(botocore|rolecall)-session-\d+/, "session");
  const calls = cloud.sts.calls.slice(before).map(({ action, parameters, region, caller }) => {
    const { Version: _, ...sent } = parameters;
    return {
      action,
      region,
      caller: anonymous(caller ?? ""),
      sent: { ...sent, RoleSessionName: anonymous(sent.RoleSessionName ?? "") },
    };
  });
  const arn = cloud.iam.principal(accessKeyId ?? "")?.arn;
  return { arn: arn && anonymous(arn), calls, said };
}

/** Where both fail, it does not matter how far they got: rolecall finds out more before it asks. */
function same(ours: Result, theirs: Result): boolean {
  if (ours.arn === undefined && theirs.arn === undefined) return true;
  return ours.arn === theirs.arn && Bun.deepEquals(ours.calls, theirs.calls);
}
