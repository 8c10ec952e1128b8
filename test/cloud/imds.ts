/** A simulated EC2 instance metadata service. */
import { randomBytes } from "node:crypto";
import { type Iam, startServiceSession } from "./iam.ts";
import { type ListenAt, type LoopbackServer, type Reaction, serve } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface ImdsBehavior {
  /** Replaces the response to a token request. */
  token?: Reaction | undefined;
  /** Whether requests without a token are rejected, as on an instance that requires IMDSv2. */
  requireToken: boolean;
  /** The attached role; undefined if there is none. */
  role: string | undefined;
  /** Replaces the response to a request for credentials. */
  credentials?: Reaction | undefined;
  /** Seconds until the credentials expire. */
  expiresIn: number;
  region: string;
  /** Replaces the responses to the next requests, whatever their path. */
  next: Reaction[];
  /** Replaces the response to every request, whatever its path. */
  always?: Reaction | undefined;
  /** No response is sent before this promise is settled. */
  hold?: Promise<void> | undefined;
}

export interface SimulatedImds extends LoopbackServer {
  readonly requests: readonly ReceivedRequest[];
  readonly behavior: ImdsBehavior;
}

/** Seconds to wait for a response, where no request hangs: a busy machine does not exceed it, unlike the default of 1. */
const PATIENT_TIMEOUT_SECONDS = "600";

/** The variables with which programs use the service and wait for its responses, however long these take. */
export function imdsVariables({ url }: SimulatedImds) {
  return { AWS_EC2_METADATA_SERVICE_ENDPOINT: url, AWS_METADATA_SERVICE_TIMEOUT: PATIENT_TIMEOUT_SECONDS };
}

const ROLES = "/latest/meta-data/iam/security-credentials/";

export async function startImds(iam: Iam, at: ListenAt = {}): Promise<SimulatedImds> {
  const requests: ReceivedRequest[] = [];
  const tokens = new Set<string>();
  const behavior: ImdsBehavior = {
    requireToken: true,
    role: "instance",
    expiresIn: 6 * 3600,
    region: "eu-central-1",
    next: [],
  };
  const handle = async (request: ReceivedRequest): Promise<Reaction> => {
    requests.push(request);
    await behavior.hold;
    const next = behavior.next.shift() ?? behavior.always;
    if (next !== undefined) return next;
    // IMDS rejects requests that came through a proxy.
    if (request.headers["x-forwarded-for"] !== undefined) return { status: 403 };
    if (request.target === "/latest/api/token") return createToken(request);
    const token = request.headers["x-aws-ec2-metadata-token"];
    if (token === undefined ? behavior.requireToken : !tokens.has(token)) return { status: 401 };
    if (request.method !== "GET") return { status: 405 };
    if (request.target === "/latest/meta-data/placement/region") return { body: behavior.region };
    if (behavior.role === undefined) return { status: 404 };
    if (request.target === ROLES) return { body: behavior.role };
    if (request.target !== `${ROLES}${behavior.role}`) return { status: 404 };
    return behavior.credentials ?? { body: credentials(behavior.role) };
  };
  const createToken = (request: ReceivedRequest): Reaction => {
    if (behavior.token !== undefined) return behavior.token;
    if (request.method !== "PUT") return { status: 405 };
    if (!/^\d+$/.test(request.headers["x-aws-ec2-metadata-token-ttl-seconds"] ?? "")) return { status: 400 };
    const token = randomBytes(40).toString("base64");
    tokens.add(token);
    return { body: token };
  };
  const credentials = (role: string): string => {
    const session = startServiceSession(iam, role, "i-0123456789abcdef0", behavior.expiresIn);
    return JSON.stringify({
      Code: "Success",
      LastUpdated: new Date().toISOString().replace(/\.\d+Z/, "Z"),
      Type: "AWS-HMAC",
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      Token: session.sessionToken,
      Expiration: session.expiration?.toISOString().replace(/\.\d+Z/, "Z"),
    });
  };
  return Object.assign({ requests, behavior }, await serve(handle, at));
}
