/**
 * Calls of STS by the schemas, the protocol and the signer of the AWS SDK. Its client and middleware are left out, because
 * they take most of the time to load. Only the headers are set here. test/unit/sts/whole_client.test.ts compares requests,
 * results and errors with those of the whole client.
 */
import {
  AssumeRole$,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentity$,
  type AssumeRoleWithWebIdentityCommandOutput,
  errorTypeRegistries,
  GetCallerIdentity$,
  type GetCallerIdentityCommandOutput,
  GetSessionToken$,
  type GetSessionTokenCommandOutput,
} from "@aws-sdk/client-sts";
import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { HttpResponse as SdkResponse } from "@smithy/core/protocols";
import { operation } from "@smithy/core/schema";
import { fromBase64, fromUtf8, toBase64, toUtf8 } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import manifest from "../../package.json" with { type: "json" };
import type { Credentials } from "../domain/credentials.ts";
import type { Environment } from "../domain/environment.ts";
import { VERSION } from "../domain/version.ts";
import { type Hash, startHash } from "../runtime/hash.ts";
import type { Attempt, SdkRequest } from "./attempt.ts";
import type { StsEndpoint } from "./endpoint.ts";

const OPERATIONS = {
  AssumeRole: AssumeRole$,
  AssumeRoleWithWebIdentity: AssumeRoleWithWebIdentity$,
  GetSessionToken: GetSessionToken$,
  GetCallerIdentity: GetCallerIdentity$,
};

export type OperationName = keyof typeof OPERATIONS;

/** The results of the operations, under their names in the STS API. */
export interface Outputs {
  readonly AssumeRole: AssumeRoleCommandOutput;
  readonly AssumeRoleWithWebIdentity: AssumeRoleWithWebIdentityCommandOutput;
  readonly GetSessionToken: GetSessionTokenCommandOutput;
  readonly GetCallerIdentity: GetCallerIdentityCommandOutput;
}

export interface StsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface StsResponse {
  readonly status: number;
  /** The names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface StsClient {
  readonly endpoint: StsEndpoint;
  /** The maximum number of attempts for one call, including the first. */
  readonly attempts: number;
  /** The credentials to sign with; undefined for an unsigned request. */
  readonly caller: Credentials | undefined;
  readonly environment: Environment;
  /** Sends one attempt. An error with the property `$retryable` allows another attempt. */
  send(request: StsRequest): Promise<StsResponse>;
}

/** The service's constants in the model of STS. */
const VERSION_OF_STS = "2011-06-15";
const PROTOCOL = {
  defaultNamespace: "com.amazonaws.sts",
  xmlNamespace: `https://sts.amazonaws.com/doc/${VERSION_OF_STS}/`,
  version: VERSION_OF_STS,
  errorTypeRegistries,
};

/** The SDK's functions for the parts of a message. A body is never a stream here. */
const SERDE = {
  base64Encoder: toBase64,
  base64Decoder: fromBase64,
  utf8Encoder: toUtf8,
  utf8Decoder: fromUtf8,
  streamCollector: async (bytes: Uint8Array) => bytes,
};

/**
 * Calls an operation, with retries as in the SDK's mode `standard`. Corrects the time of the signature if the response
 * shows that this machine's clock is wrong.
 *
 * @throws Error what `send` throws, or the SDK's error for the response. Its `$metadata` has the status.
 */
export async function callSts<Name extends OperationName>(
  name: Name,
  input: object,
  client: StsClient,
): Promise<Outputs[Name]> {
  const [, namespace, shape, traits, inputShape, outputShape] = OPERATIONS[name];
  const called = operation(namespace, shape, traits, inputShape, outputShape);
  const protocol = new AwsQueryProtocol(PROTOCOL);
  protocol.setSerdeContext(SERDE);
  const request = await protocol.serializeRequest(called, input, { ...SERDE, endpoint: async () => address(client) });
  Object.assign(request.headers, headersOf(client, request));
  const signature = client.caller && signatureBy(client.caller, client.endpoint);

  const attempt: Attempt<Outputs[Name]> = async (number, sign) => {
    request.headers["amz-sdk-request"] = `attempt=${number}; max=${client.attempts}`;
    const { port, protocol: scheme, hostname, path, method, headers, body } = await sign(request);
    const url = `${scheme}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
    const sent = await client.send({ method, url, headers, body });
    const response = new SdkResponse({ statusCode: sent.status, headers: { ...sent.headers }, body: sent.body });
    try {
      return await protocol.deserializeResponse<Outputs[Name]>(called, SERDE, response);
    } catch (error) {
      throw withResponse(error, response);
    }
  };

  try {
    return await attempt(1, async (unsigned) => (signature === undefined ? unsigned : signature.sign(unsigned)));
  } catch (error) {
    const { retry } = await import("./retry.ts");
    return await retry(error, client.attempts, attempt, signature);
  }
}

function address({ endpoint }: StsClient) {
  const { protocol, hostname, port, pathname } = new URL(endpoint.url);
  return { protocol, hostname, path: pathname, ...(port === "" ? {} : { port: Number(port) }) };
}

/** The headers that the SDK's middleware sets. */
function headersOf({ environment }: StsClient, { hostname, port, body }: SdkRequest): Record<string, string> {
  const sdk = `aws-sdk-js/${manifest.dependencies["@aws-sdk/client-sts"]}`;
  const { AWS_EXECUTION_ENV: host, AWS_SDK_UA_APP_ID: app } = environment;
  const details = [
    ...(host ? [`exec-env/${userAgentToken(host)}`] : []),
    ...(app ? [`app/${userAgentToken(app)}`] : []),
  ];
  const own = `rolecall/${VERSION}`;
  return {
    "content-length": String(Buffer.byteLength(String(body))),
    "x-amz-user-agent": `${sdk} ${own}`,
    "user-agent": [sdk, "ua/2.1", `os/${process.platform}`, "lang/js", "m/E", ...details, own].join(" "),
    host: port === undefined ? hostname : `${hostname}:${port}`,
    ...traceId(environment),
    "amz-sdk-invocation-id": crypto.randomUUID(),
  };
}

/** The characters that the SDK replaces in a user agent. */
function userAgentToken(text: string): string {
  return text.replace(/[^!$%&'*+\-.^_`|~\w#]/g, "-");
}

/** In a Lambda function: the header by which AWS detects recursive calls. */
function traceId({ AWS_LAMBDA_FUNCTION_NAME: name, _X_AMZN_TRACE_ID: id }: Environment): Record<string, string> {
  return name && id ? { "X-Amzn-Trace-Id": id } : {};
}

function signatureBy({ accessKeyId, secretAccessKey, sessionToken }: Credentials, { signingRegion }: StsEndpoint) {
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return new SignatureV4({ service: "sts", region: signingRegion, credentials, sha256: Sha256 });
}

/** The hash for the signer. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === "string" ? secret : bytesOf(secret);
    this.#hash = startHash("sha256", this.#secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = startHash("sha256", this.#secret);
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Adds to an error what the SDK's deserializer adds: the response and, if the body cannot be parsed, status and IDs. */
function withResponse(error: unknown, response: SdkResponse): unknown {
  if (!(error instanceof Error)) return error;
  Object.defineProperty(error, "$response", { value: response });
  if ("$metadata" in error) return error;
  const { statusCode, headers } = response;
  const ids = {
    requestId: headers["x-amzn-requestid"],
    extendedRequestId: headers["x-amz-id-2"],
    cfId: headers["x-amz-cf-id"],
  };
  return Object.assign(error, { $metadata: { httpStatusCode: statusCode, ...ids } });
}
