/** The lists of the simulated access portal: ListAccounts and ListAccountRoles, in pages. */
import { json } from "./oidc.ts";
import type { Reaction } from "./server.ts";
import type { ReceivedRequest } from "./sigv4.ts";

export interface AssignedAccount {
  readonly accountId: string;
  readonly accountName: string;
  readonly roles: readonly string[];
}

export interface SimulatedAssignments {
  /** What is assigned to the person. */
  accounts: readonly AssignedAccount[];
  /** The most items of a page. */
  pageSize: number;
  /** How many of the next requests get HTTP 429. */
  throttled: number;
  /** @returns undefined for a request of another kind. */
  handle(request: ReceivedRequest): Reaction | undefined;
}

/** @param tokens the valid access tokens. */
export function makeAssignments(tokens: ReadonlySet<string>): SimulatedAssignments {
  const page = (member: string, items: readonly object[], parameters: URLSearchParams): Reaction => {
    const size = Math.min(Number(parameters.get("max_result") ?? 20), assignments.pageSize);
    const token = parameters.get("next_token");
    const start = token === null ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
    if (!(size > 0 && start < Math.max(1, items.length))) return json(400, { message: "Invalid token or size" });
    const end = start + size;
    return json(200, { [member]: items.slice(start, end), nextToken: end < items.length ? `page-${end}` : null });
  };
  const assignments: SimulatedAssignments = {
    accounts: [],
    pageSize: 100,
    throttled: 0,
    handle(request) {
      const { pathname, searchParams } = new URL(request.target, "http://localhost");
      if (request.method !== "GET" || !pathname.startsWith("/assignment/")) return undefined;
      if (assignments.throttled > 0) {
        assignments.throttled--;
        return json(429, { message: "HTTP 429 Unknown Code" });
      }
      if (!tokens.has(request.headers["x-amz-sso_bearer_token"] ?? "")) {
        return json(401, { message: "Session token not found or invalid" });
      }
      if (pathname === "/assignment/accounts") {
        const items = assignments.accounts.map(({ accountId, accountName }) => ({
          accountId,
          accountName,
          emailAddress: "owner@example.com",
        }));
        return page("accountList", items, searchParams);
      }
      if (pathname !== "/assignment/roles") return undefined;
      const account = assignments.accounts.find(({ accountId }) => accountId === searchParams.get("account_id"));
      if (account === undefined) return json(403, { message: "No access" });
      const { accountId, roles } = account;
      return page(
        "roleList",
        roles.map((roleName) => ({ roleName, accountId })),
        searchParams,
      );
    },
  };
  return assignments;
}
