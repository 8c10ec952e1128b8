/**
 * Our calls of STS, which use only parts of the AWS SDK, compared with those of the SDK's whole client: the bytes of each
 * request (except for the header `user-agent`), the results, the errors and the retries. Both talk to the same server at
 * the same time of the clock.
 */
import { afterAll, beforeEach, describe, expect, setSystemTime, spyOn, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  errorTypeRegistries,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import manifest from "../../../package.json" with { type: "json" };
import type { Credentials } from "../../../src/domain/credentials.ts";
import { VERSION } from "../../../src/domain/version.ts";
import { callSts, type OperationName } from "../../../src/sts/client.ts";
import { stsTransport } from "../../../src/sts/transport.ts";
import { testEffects } from "../../support/test_effects.ts";

const NOW = new Date("2026-03-04T05:06:07.000Z");
const ATTEMPTS = 3;
const REGION = "eu-central-1";

/** The responses of the server, one for each request; the last one repeats. */
let replies: readonly string[] = [];
let received: string[] = [];

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  let text = "";
  socket.on("error", () => {});
  socket.on("data", (data) => {
    text += data.toString("latin1");
    if (!isComplete(text)) return;
    socket.end(replies[Math.min(received.length, replies.length - 1)] ?? "");
    received.push(text);
  });
});
const { promise: listening, resolve: onListening } = Promise.withResolvers<void>();
server.listen(0, "127.0.0.1", onListening);
await listening;
const bound = server.address();
const url = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`;

// No delay between attempts, and the same invocation ID for both clients.
const random = spyOn(Math, "random").mockReturnValue(0);
const uuid = spyOn(crypto, "randomUUID").mockReturnValue("00000000-0000-4000-8000-000000000000");
beforeEach(() => void setSystemTime(NOW));
afterAll(() => {
  setSystemTime();
  random.mockRestore();
  uuid.mockRestore();
  for (const socket of sockets) socket.destroy();
  server.close();
});

function isComplete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  return end >= 0 && text.length >= end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
}

function response(body: string, status = 200, headers: readonly string[] = []): string {
  const date = headers.some((line) => line.startsWith("Date:")) ? [] : [`Date: ${NOW.toUTCString()}`];
  const lines = [`HTTP/1.1 ${status} X`, "x-amzn-RequestId: id-1", ...date, ...headers, "Connection: close"];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

interface Outcome {
  readonly requests: readonly string[];
  readonly result: unknown;
}

/** What a call leads to: the requests without their user agent, and the result or the error with all of its properties. */
async function outcome(call: () => Promise<unknown>): Promise<Outcome> {
  received = [];
  const result = await call().catch(describeError);
  return { requests: received.map((text) => text.replace(/^user-agent: .*\r\n/im, "")), result };
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { thrown: error };
  const properties = Object.getOwnPropertyNames(error)
    // Where the error was created, and the response, which the result compares already.
    .filter((name) => !["stack", "sourceURL", "line", "column", "originalLine", "originalColumn"].includes(name))
    .filter((name) => !name.startsWith("$response"))
    .map((name) => [name, Reflect.get(error, name)]);
  const [message] = error.message.split("\n  Deserialization error: ");
  return { class: error.constructor.name, ...Object.fromEntries(properties), message };
}

/** The handler of the whole client: the same transport that our client uses. */
function handler() {
  const transport = stsTransport(testEffects({ now: () => new Date() }), undefined);
  return {
    metadata: { handlerProtocol: "http/1.1" },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    async handle(request: {
      readonly method: string;
      readonly port?: number;
      readonly path: string;
      readonly headers: Record<string, string>;
      readonly body?: unknown;
    }) {
      const { status, headers, body } = await transport.send({ ...request, url, body: String(request.body) });
      return { response: { statusCode: status, headers: { ...headers }, body } };
    },
  };
}

type Result = { readonly $metadata: { readonly attempts?: number; readonly totalRetryDelay?: number } };

/** Our client does not count the attempts of a call that succeeds. The requests show them. */
function withoutAttempts(result: Result): object {
  const { attempts: _attempts, totalRetryDelay: _delay, ...metadata } = result.$metadata;
  return { ...result, $metadata: metadata };
}

type Send = (client: STSClient, input: object) => Promise<Result>;
const SEND: Readonly<Record<OperationName, Send>> = {
  AssumeRole: (client, input) => client.send(new AssumeRoleCommand(input as AssumeRoleCommandInput)),
  AssumeRoleWithWebIdentity: (client, input) =>
    client.send(new AssumeRoleWithWebIdentityCommand(input as AssumeRoleWithWebIdentityCommandInput)),
  GetSessionToken: (client, input) => client.send(new GetSessionTokenCommand(input)),
  GetCallerIdentity: (client, input) => client.send(new GetCallerIdentityCommand(input)),
};

const KEYS: Credentials = { accessKeyId: "AKIAEXAMPLE000000001", secretAccessKey: "secret/+=" };

async function byWholeClient(name: OperationName, input: object, caller: Credentials | undefined): Promise<Outcome> {
  const { accessKeyId = "", secretAccessKey = "", sessionToken } = caller ?? {};
  const client = new STSClient({
    region: REGION,
    endpoint: url,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    ignoreConfiguredEndpointUrls: true,
    requestHandler: handler(),
    maxAttempts: ATTEMPTS,
    retryMode: "standard",
    defaultsMode: "legacy",
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
    disableClockSkewCorrection: false,
    userAgentAppId: "",
    defaultUserAgentProvider: async () => [["aws-sdk-js", manifest.dependencies["@aws-sdk/client-sts"]]],
    customUserAgent: [["rolecall", VERSION]],
  });
  return await outcome(async () => {
    return withoutAttempts(await SEND[name](client, input));
  });
}

async function byOurs(name: OperationName, input: object, caller: Credentials | undefined): Promise<Outcome> {
  const transport = stsTransport(testEffects({ now: () => new Date() }), undefined);
  const endpoint = { url, signingRegion: REGION };
  const client = { endpoint, attempts: ATTEMPTS, caller, environment: {}, send: transport.send };
  return await outcome(async () => {
    return withoutAttempts(await callSts(name, input, client));
  });
}

async function compare(
  name: OperationName,
  input: object,
  caller: Credentials | undefined,
  ...given: readonly string[]
): Promise<Outcome> {
  replies = given;
  const whole = await byWholeClient(name, input, caller);
  const ours = await byOurs(name, input, caller);
  expect(ours).toEqual(whole);
  // toEqual ignores the order of members and undefined ones; the text does not.
  expect(JSON.stringify(ours)).toBe(JSON.stringify(whole));
  return ours;
}

const CREDENTIALS = `<Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>a&amp;b</SecretAccessKey>
  <SessionToken>t&#x2F;o==</SessionToken><Expiration>2026-03-04T06:06:07Z</Expiration></Credentials>`;
const USER =
  "<AssumedRoleUser><AssumedRoleId>AROA1:s</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser>";

function success(name: OperationName, content: string): string {
  return response(`<${name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
    <${name}Result>${content}</${name}Result>
    <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></${name}Response>`);
}

function failure(
  code: string,
  status: number,
  message = "a <message> & more",
  headers: readonly string[] = [],
): string {
  const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
    <Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`;
  return response(body, status, ["Content-Type: text/xml", ...headers]);
}

const ROLE = { RoleArn: "arn:aws:iam::111122223333:role/a", RoleSessionName: "s@x,y=z+1" };

describe("a request and its result are the same:", () => {
  const session = { ...KEYS, sessionToken: "token/+=" };
  const rows: readonly [what: string, OperationName, object, Credentials | undefined, content: string][] = [
    ["AssumeRole", "AssumeRole", ROLE, KEYS, `${CREDENTIALS}${USER}<PackedPolicySize>6</PackedPolicySize>`],
    [
      "AssumeRole with every parameter",
      "AssumeRole",
      {
        ...ROLE,
        ExternalId: "a b/ü~*'()!",
        DurationSeconds: 900,
        SerialNumber: "arn:aws:iam::111122223333:mfa/a",
        TokenCode: "012345",
        Policy: '{"Version": "2012-10-17", "Statement": []}',
        PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }, { arn: "arn:aws:iam::aws:policy/B" }],
        Tags: [
          { Key: "team", Value: "plat form" },
          { Key: "empty", Value: "" },
        ],
        TransitiveTagKeys: ["team", "empty"],
        SourceIdentity: "me",
      },
      session,
      `${CREDENTIALS}${USER}<SourceIdentity>me</SourceIdentity>`,
    ],
    ["AssumeRole with empty lists", "AssumeRole", { ...ROLE, PolicyArns: [], Tags: [] }, KEYS, CREDENTIALS],
    [
      "AssumeRoleWithWebIdentity",
      "AssumeRoleWithWebIdentity",
      { ...ROLE, WebIdentityToken: "ey.J/+=" },
      undefined,
      `${USER}${CREDENTIALS}<SubjectFromWebIdentityToken>sub</SubjectFromWebIdentityToken><Audience>a</Audience>`,
    ],
    [
      "GetSessionToken",
      "GetSessionToken",
      { SerialNumber: "GAHT1", TokenCode: "000001", DurationSeconds: 43200 },
      KEYS,
      CREDENTIALS,
    ],
    [
      "GetCallerIdentity",
      "GetCallerIdentity",
      {},
      session,
      "<Arn>arn:aws:iam::1:user/a</Arn><UserId>AIDA</UserId><Account>1</Account>",
    ],
    ["an empty result", "GetCallerIdentity", {}, KEYS, ""],
    ["credentials without an expiration", "AssumeRole", ROLE, KEYS, CREDENTIALS.replace(/<Expi.*ion>/, "")],
    ["an expiration that is no time", "AssumeRole", ROLE, KEYS, CREDENTIALS.replace("2026-03-04", "soon")],
    ["an unknown member", "AssumeRole", ROLE, KEYS, `${CREDENTIALS}<New><A>1</A></New>`],
    ["a member twice", "AssumeRole", ROLE, KEYS, `${CREDENTIALS}${CREDENTIALS}`],
  ];
  for (const [what, name, input, caller, content] of rows) {
    test(what, async () => {
      const { requests } = await compare(name, input, caller, success(name, content));
      expect(requests).toHaveLength(1);
      expect(requests[0]).toStartWith("POST / HTTP/1.1\r\n");
      expect(requests[0]).toContain(`Action=${name}&Version=2011-06-15`);
      expect(requests[0]?.includes("AWS4-HMAC-SHA256")).toBe(caller !== undefined);
    });
  }
});

function schemasOf(registry: object): ReadonlyMap<string, unknown> {
  const schemas: unknown = Reflect.get(registry, "schemas");
  return schemas instanceof Map ? schemas : new Map();
}

/** The error codes in the model of STS, and others that STS or an AWS front end sends. */
const MODELED = errorTypeRegistries.flatMap((registry) =>
  [...schemasOf(registry).values()].flatMap((schema) => {
    const traits: unknown = Array.isArray(schema) ? schema[3] : undefined;
    const error: unknown = typeof traits === "object" && traits !== null ? Reflect.get(traits, "awsQueryError") : [];
    return Array.isArray(error) && typeof error[0] === "string" ? [error[0]] : [];
  }),
);
const OTHER_CODES = [
  ...["AccessDenied", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "ValidationError"],
  ...["MissingAuthenticationToken", "IncompleteSignature", "OptInRequired", "InvalidAction", "Unknown", "a#b"],
];

describe("an error response leads to the same error:", () => {
  test("the model's codes are found", () => expect(MODELED.length).toBeGreaterThan(12));
  for (const code of [...MODELED, ...OTHER_CODES]) {
    test(code, async () => {
      for (const status of [400, 403]) {
        const { requests } = await compare("AssumeRole", ROLE, KEYS, failure(code, status));
        // The SDK retries this error, because the identity provider may respond later.
        expect(requests).toHaveLength(code === "IDPCommunicationError" ? ATTEMPTS : 1);
      }
      const input = { ...ROLE, WebIdentityToken: "ey" };
      await compare("AssumeRoleWithWebIdentity", input, undefined, failure(code, 400));
    });
  }

  const unreadable: readonly [what: string, response: string][] = [
    ["no body", response("", 403)],
    ["a web page with an error status", response("<html><body>Blocked</body></html>", 403)],
    ["a web page with status 200", response("<html><body>Log in</body></html>")],
    ["XML that ends in the middle", response("<ErrorResponse><Error><Code>A", 400)],
    ["XML that ends in the middle, status 200", response("<AssumeRoleResponse><AssumeRoleResult>")],
    ["XML without a code", response("<ErrorResponse><Error/></ErrorResponse>", 400)],
    ["JSON", response('{"message": "no"}', 400)],
    ["JSON with status 200", response("{}")],
    ["no body, status 200", response("")],
    ["no body, status 404", response("", 404)],
    ["a redirection", response("", 302, ["Location: https://login.example/"])],
  ];
  for (const [what, reply] of unreadable) {
    test(what, async () => {
      const { requests } = await compare("AssumeRole", ROLE, KEYS, reply);
      expect(requests).toHaveLength(1);
    });
  }
});

describe("the retries are the same:", () => {
  const done = success("AssumeRole", CREDENTIALS);
  const rows: readonly [what: string, replies: readonly string[], attempts: number][] = [
    ["a status 500, then success", [failure("InternalFailure", 500), done], 2],
    ["a status 503 each time", [failure("ServiceUnavailable", 503)], ATTEMPTS],
    ["a web page with status 502, then success", [response("<html></html>", 502), done], 2],
    ["a code of throttling, then success", [failure("Throttling", 400), done], 2],
    ["a status 429 each time", [failure("TooManyRequestsException", 429)], ATTEMPTS],
    ["a connection that is closed, then success", ["", done], 2],
    [
      "half a response, then success",
      [response("x").replace("Connection", "Content-Length: 99\r\nConnection"), done],
      2,
    ],
    ["a status 501", [failure("NotImplemented", 501)], 1],
    ["an error after a retry", [failure("Throttling", 400), failure("AccessDenied", 403)], 2],
  ];
  for (const [what, given, attempts] of rows) {
    test(what, async () => {
      const { requests } = await compare("AssumeRole", ROLE, KEYS, ...given);
      expect(requests).toHaveLength(attempts);
      expect(requests.at(-1)).toContain(`amz-sdk-request: attempt=${attempts}; max=${ATTEMPTS}`);
    });
  }

  const late = [`Date: ${new Date(NOW.getTime() + 20 * 60_000).toUTCString()}`];
  test("a wrong clock is corrected", async () => {
    const expired = failure("SignatureDoesNotMatch", 403, "Signature expired: x", late);
    const { requests } = await compare("AssumeRole", ROLE, KEYS, expired, done);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toContain("x-amz-date: 20260304T052607Z");
  });

  test("a clock that is wrong each time", async () => {
    const { requests } = await compare("GetCallerIdentity", {}, KEYS, failure("RequestExpired", 400, "x", late));
    expect(requests.length).toBeGreaterThan(1);
  });
});
