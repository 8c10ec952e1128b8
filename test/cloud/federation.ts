/** A simulated federation endpoint: exchanges the session of a role for a sign-in token, which opens the console once. */
import { randomBytes } from "node:crypto";
import type { Iam, Principal } from "./iam.ts";
import type { TestResponse } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface Federation {
  handle(request: ReceivedRequest): TestResponse;
}

export interface ConsoleSession {
  readonly arn: string;
  readonly destination: string;
  /** Seconds. */
  readonly duration: number;
}

interface SignIn {
  readonly principal: Principal;
  readonly duration: number;
}

/** @param opened receives each console session that is opened. */
export function makeFederation(iam: Iam, opened: ConsoleSession[]): Federation {
  const tokens = new Map<string, SignIn>();
  const rejected: TestResponse = {
    status: 400,
    headers: { "content-type": "text/html" },
    body: "<h1>Bad request</h1>",
  };

  const getSigninToken = (parameters: URLSearchParams): TestResponse => {
    const principal = rolePrincipal(parameters.get("Session"));
    const duration = parameters.get("SessionDuration");
    if (principal === undefined) return rejected;
    if (duration !== null) {
      if (principal.chained === true || !/^\d+$/.test(duration)) return rejected;
      if (Number(duration) < 900 || Number(duration) > 43_200) return rejected;
    }
    const token = randomBytes(60).toString("base64url");
    tokens.set(token, { principal, duration: Number(duration ?? 3600) });
    return {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ SigninToken: token }),
    };
  };

  /** The principal of a role session, if it has not expired and all three parts are right. */
  const rolePrincipal = (text: string | null): Principal | undefined => {
    const { sessionId, sessionKey, sessionToken } = parse(text);
    const principal = iam.principal(String(sessionId));
    const isRight = principal?.secretAccessKey === sessionKey && principal?.sessionToken === sessionToken;
    const isCurrent = (principal?.expiration?.getTime() ?? 0) > Date.now();
    return isRight && isCurrent && principal?.roleArn !== undefined ? principal : undefined;
  };

  const login = (parameters: URLSearchParams): TestResponse => {
    const token = parameters.get("SigninToken") ?? "";
    const destination = parameters.get("Destination") ?? "";
    const signIn = tokens.get(token);
    if (signIn === undefined || !URL.canParse(destination)) return rejected;
    tokens.delete(token);
    opened.push({ arn: signIn.principal.arn, destination, duration: signIn.duration });
    return { status: 302, headers: { location: destination } };
  };

  return {
    handle(request) {
      const parameters =
        request.method === "POST"
          ? new URLSearchParams(request.body)
          : new URL(request.target, "http://localhost").searchParams;
      if (request.method === "POST" && request.headers["content-type"] !== "application/x-www-form-urlencoded") {
        return rejected;
      }
      switch (parameters.get("Action")) {
        case "getSigninToken":
          return getSigninToken(parameters);
        case "login":
          return login(parameters);
        default:
          return rejected;
      }
    },
  };
}

function parse(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text ?? "") };
  } catch {
    return {};
  }
}
