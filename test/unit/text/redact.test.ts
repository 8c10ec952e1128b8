/** Whether secrets of every kind are redacted, and how much of the text is read for it. */
import { describe, expect, test } from "bun:test";
import { jsonText } from "../../../src/report/json_text.ts";
import { redact, redactExcerpt, redactFileLine, redactLine } from "../../../src/text/redact.ts";
import { type Characters, secretSpans } from "../../../src/text/secret_spans.ts";
import { type KnownSecret, SECRET_KINDS, seededRandom } from "../../support/random_secrets.ts";

/** The same secrets in each run, unless ROLECALL_SEED asks for others. */
const SEED = Number(process.env.ROLECALL_SEED ?? 13);

/** How messages contain what somebody else wrote. A secret of any form must not survive in these. */
const PLACES: Readonly<Record<string, (secret: string) => string>> = {
  "a word of a sentence": (secret) => `could not use ${secret} here`,
  "in quotes": (secret) => `the profile "${secret}" is not defined`,
  "at the end of a sentence": (secret) => `the key is ${secret}.`,
  "in brackets": (secret) => `invalid section [${secret}]`,
  "after a colon": (secret) => `STS says: ${secret}: not valid`,
  "a member of JSON": (secret) => JSON.stringify({ x: secret, y: 1 }),
  "JSON with escaped slashes": (secret) => JSON.stringify({ x: secret }).replaceAll("/", "\\/"),
  "a variable": (secret) => `WHATEVER=${secret}`,
  "an argument": (secret) => `usage: tool -k ${secret} --other`,
  "a query parameter": (secret) => `GET http://host.example:9/a?b=${encodeURIComponent(secret)}&c=1: HTTP 400`,
  "the path of a URL": (secret) => `http://host.example/${secret}: HTTP 404`,
  "a file in the home folder": (secret) => `/home/me/${secret} does not exist`,
  "an element of XML": (secret) => `<Message>${secret}</Message>`,
  "several words": (secret) => `${secret} ${secret}`,
};

describe("redact", () => {
  test(`shows not one of 100,000 random secrets (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const places = Object.entries(PLACES);
    const shown: string[] = [];
    for (let index = 0; index < 100_000; index++) {
      const [kind, make] = pick(SECRET_KINDS, index);
      const { text, secret } = make(random);
      const [place, put] = pick(places, Math.floor(index / SECRET_KINDS.length));
      const message = put(text);
      if (contains(redact(message), secret)) shown.push(`${kind}, ${place}: ${message}`);
      // Cut off in the middle of the secret, in a file, and in JSON, in turn.
      const cut = message.indexOf(secret.slice(0, 6)) + Math.floor(random() * secret.length);
      const [way, other] = pick(
        [
          [`cut at ${cut}`, () => redactExcerpt(message, cut)],
          ["in a file", () => redactLine(`some_key = ${text}`)],
          ["in JSON", () => jsonText({ detail: message })],
        ] as const,
        Math.floor(index / 7),
      );
      if (contains(other(), secret)) shown.push(`${kind}, ${place}, ${way}: ${message}`);
    }
    expect({ seed: SEED, shown: shown.slice(0, 10) }).toEqual({ seed: SEED, shown: [] });
  }, 120_000);

  const named: readonly [text: string, shown: string][] = [
    ["Authorization: Bearer abc123", "Authorization: Bearer ******"],
    ["authorization: Basic bWU6cHc=", "authorization: Basic ********"],
    ["curl -H 'Authorization: token abc123' x", "curl -H 'Authorization: token ******' x"],
    ["got Bearer abc123.def", "got Bearer **********"],
    ["the Bearer scheme is not supported", "the Bearer scheme is not supported"],
    ["<SecretAccessKey>abc</SecretAccessKey>", "<SecretAccessKey>***</SecretAccessKey>"],
    ['{"client_secret": "a b c", "x": 1}', '{"client_secret": "*****", "x": 1}'],
    ['"{\\"accessToken\\":\\"abc\\",\\"x\\":1}"', '"{\\"accessToken\\":\\"***\\",\\"x\\":1}"'],
    ["--password 'hunter 2' x", "--password '********' x"],
    ["secret access key: abc123", "secret access key: ******"],
    ["TokenCode=123456", "TokenCode=******"],
    ["http://me:a/b#c@proxy.example:3128/x", "http://********@proxy.example:3128/x"],
    ["https://token@host.example/x", "https://*****@host.example/x"],
    ["http://host.example:8080/x@y", "http://host.example:8080/x@y"],
    [
      "GET http://169.254.170.2/v2/credentials/3f2504e0-4f89-11d3-9a0c-0305e82c3301: HTTP 403",
      `GET http://169.254.170.2/v2/credentials/${"*".repeat(20)}: HTTP 403`,
    ],
    ["RequestId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "RequestId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
  ];
  for (const [text, shown] of named) test(text, () => expect(redact(text)).toBe(shown));

  const harmless: readonly string[] = [
    "arn:aws:iam::123456789012:role/Team2/ProductionDeploymentRole2026Europe",
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/me@corp.example",
    "/home/Me1/work/project/certificates/of/mine/and/others/bundle.pem",
    "~/work/Project2/certificates/of/mine/and/of/others/bundle",
    "/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
    "/var/lib/kubelet/pods/3f2504e0-4f89-11d3-9a0c-0305e82c3301/volumes/token",
    "the role AdministratorAccessForTheProductionEnvironments",
    "the profile marketing-administrators-in-production-in-europe-2",
    "MyStack-ProductionDeploymentRole-1A2B3C4D5E6F7",
    "https://d-1234567890.awsapps.com/start",
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "-".repeat(80),
    "rolecall: no token: connection refused",
  ];
  for (const text of harmless) test(`keeps ${text}`, () => expect(redact(text)).toBe(text));
});

describe("the effort of redacting", () => {
  const SIZE = 20_000;
  const repeated = (part: string) => part.repeat(SIZE / part.length);
  const hostile: readonly string[] = [
    `token${repeated(" ")}`,
    `--token${repeated(" ")}`,
    repeated("token "),
    repeated("token: "),
    repeated("token:token "),
    repeated("--token  "),
    repeated('token"'),
    repeated("token\\"),
    `token="${repeated("\\")}`,
    repeated("bearer "),
    repeated("authorization: bearer "),
    repeated("secret access "),
    repeated("://"),
    repeated("a://:"),
    `a://${repeated(":")}`,
    `a://${repeated("@")}`,
    repeated("-eyJ"),
    repeated("eyJhbGciOi."),
    repeated("aB1/"),
    repeated("aB1-"),
    repeated("/home/"),
    repeated("arn:"),
    repeated("%2F"),
    repeated("\\/"),
    repeated("="),
    repeated("<token>"),
    repeated("0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/"),
  ];
  for (const text of hostile) {
    test(`grows with the length of the text only: ${JSON.stringify(text.slice(0, 20))}…`, () => {
      expect(charactersRead(text)).toBeLessThan(25 * text.length);
    });
  }

  test("a longer text than is shown is not read to its end", () => {
    const text = countedText(`token${" ".repeat(100_000)}secret`);
    expect(redactExcerpt(text.slice(0, text.length), 300)).toHaveLength(301);
  });
});

describe("redactFileLine", () => {
  const lines = [
    "[profile a]",
    "credential_process = /opt/tool",
    "  --seed JBSWY3DP",
    "aws_secret_access_key =",
    "  abc",
    "s3 =",
    "  max_concurrent_requests = 10",
  ];
  const rows: readonly [number: number, shown: string][] = [
    [0, "[profile a]"],
    [1, "credential_process = /opt/tool"],
    [2, "  ***************"],
    [4, "  ***"],
    [6, "  max_concurrent_requests = 10"],
  ];
  for (const [index, shown] of rows) {
    test(lines[index] ?? "", () => expect(redactFileLine(lines, index)).toBe(shown));
  }

  const commands: readonly [line: string, shown: string][] = [
    ["credential_process = tool", "credential_process = tool"],
    ["credential_process = tool -s abc", "credential_process = tool ******"],
    ["  MFA_process: tool\t-s abc", "  MFA_process: tool\t******"],
    ["credential_proces = tool abc", "credential_proces = tool ***"],
    ['credential_process = "/opt/my tool/x" abc', 'credential_process = "/opt/my tool/x" ***'],
    ['mfa_process = "tool abc"', 'mfa_process = "tool ****'],
    ['mfa_process = "tool abc" # x', 'mfa_process = "tool ********'],
    ["mfa_process = 'tool abc'", "mfa_process = 'tool ****"],
    ['role.a = { role_arn = "b", mfa_process = "tool abc" }', 'role.a = { role_arn = "b", mfa_process = "tool ******'],
    ['"mfa_process" = "tool abc"', '"mfa_process" = "tool ****'],
    ["credential_process = TOKEN=abc tool", "credential_process = TOKEN=*** ****"],
    ["aws_secret_access_key = abc\u2028def", "aws_secret_access_key = *******"],
  ];
  for (const [line, shown] of commands) test(line, () => expect(redactLine(line)).toBe(shown));
});

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error("the list is empty");
  return item;
}

/** Whether twelve characters in a row of the secret are shown, or fewer at its start. */
function contains(shown: string, secret: KnownSecret["secret"]): boolean {
  const plain = shown.replaceAll("\\/", "/").replaceAll("%2F", "/").replaceAll("%2B", "+");
  for (let index = 0; index + 8 <= secret.length; index += 4) {
    if (plain.includes(secret.slice(index, index + 8))) return true;
  }
  return false;
}

function charactersRead(text: string): number {
  const counted = countedText(text);
  secretSpans(counted);
  return counted.count();
}

function countedText(text: string): Characters & { count(): number } {
  let count = 0;
  return {
    length: text.length,
    charAt(index) {
      count++;
      return text.charAt(index);
    },
    slice(start, end) {
      const part = text.slice(start, end);
      count += part.length;
      return part;
    },
    count: () => count,
  };
}
