/** A simulated container credentials endpoint, like those of ECS and EKS. */
import { ACCOUNT, type Iam, startServiceSession } from "./iam.ts";
import { type ListenAt, type LoopbackServer, type Reaction, serve } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface ContainerBehavior {
  /** The required `Authorization` header; undefined if none is required. */
  token: string | undefined;
  /** Seconds until the credentials expire. */
  expiresIn: number;
  /** Replaces the responses to the next requests. */
  next: Reaction[];
}

export interface SimulatedContainer extends LoopbackServer {
  readonly requests: readonly ReceivedRequest[];
  readonly behavior: ContainerBehavior;
  /** Called for each request, before the response is chosen. */
  onRequest: () => void;
}

export async function startContainer(iam: Iam, at: ListenAt = {}): Promise<SimulatedContainer> {
  const requests: ReceivedRequest[] = [];
  const behavior: ContainerBehavior = { token: undefined, expiresIn: 3600, next: [] };
  const hooks = { onRequest: () => {} };
  const handle = (request: ReceivedRequest): Reaction => {
    requests.push(request);
    hooks.onRequest();
    const next = behavior.next.shift();
    if (next !== undefined) return next;
    if (behavior.token !== undefined && request.headers.authorization !== behavior.token) {
      return { status: 401, body: JSON.stringify({ code: "AccessDenied", message: "the token is wrong" }) };
    }
    if (!request.target.startsWith("/v2/credentials/")) return { status: 404, body: "{}" };
    const session = startServiceSession(iam, "task", "0123456789abcdef", behavior.expiresIn);
    return {
      body: JSON.stringify({
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        Token: session.sessionToken,
        Expiration: session.expiration?.toISOString(),
        AccountId: ACCOUNT,
      }),
    };
  };
  return Object.assign(hooks, { requests, behavior }, await serve(handle, at));
}
