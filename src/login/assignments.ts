/** Lists the accounts and roles of a person at the access portal, as `aws configure sso` does. */
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_INTERCEPTION } from "../domain/help_texts.ts";
import { HttpError, networkHelp } from "../http/error.ts";
import { callService, type ServiceResponse } from "../http/service_call.ts";
import { type IdentityCenterTarget, oidcUrl, portalUrl } from "../plan/sign_in.ts";
import { readCaBundle } from "../sources/ca_bundle.ts";
import { accessToken, loginNeeded, ssoTokenPath } from "../sources/sso.ts";
import { fullJitterDelay } from "../text/backoff.ts";
import { asJsonObject, type JsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { isHostLabel, joinUrl } from "../text/url.ts";

/** A role that a person may use. */
export interface Assignment {
  readonly accountId: string;
  /** As the organization wrote it: any characters. */
  readonly accountName: string;
  readonly roleName: string;
}

/** The largest page that ListAccounts and ListAccountRoles return. */
const PAGE_SIZE = "100";

/** So that a service that always returns another page does not keep rolecall busy for ever. */
const MAX_PAGES = 1000;

/** How many accounts are asked for their roles at the same time. */
const PARALLEL_REQUESTS = 4;

/** A long list takes many requests, and the portal limits their rate. A rejection for that is repeated more often. */
const THROTTLED_ROUNDS = 6;
const THROTTLED_BACKOFF = { baseMs: 1000, maxMs: 20_000 };

/**
 * Lists the roles, sorted by the account's name and the role's.
 *
 * @param accountIds the accounts whose roles are needed; undefined for all.
 * @throws RolecallError `sso-login-needed` if there is no valid token, `sso-failed`.
 */
export async function listAssignments(
  target: IdentityCenterTarget,
  accountIds: ReadonlySet<string> | undefined,
  effects: Effects,
): Promise<readonly Assignment[]> {
  const { session, startUrl } = target;
  const profile = target.profile ?? "default";
  const ca = readCaBundle(target.services, effects);
  // A start URL on a domain of the customer's own led to the region when the person signed in.
  const region = tokenRegion(target, effects) ?? target.region?.value ?? "";
  const oidcEndpoint = { value: oidcUrl(target, region), from: startUrl.from };
  const attempts = target.services.attempts.value;
  const token = await accessToken({ profile, session, startUrl, oidcEndpoint }, { effects, attempts, ca });
  const portal: Portal = { target, url: portalUrl(target, region), token, ca, attempts, effects };
  const accounts = (await listPages(portal, "assignment/accounts", {}, "accountList")).map(accountOf);
  const chosen = accounts.filter(({ accountId }) => accountIds?.has(accountId) ?? true);
  const listed: Assignment[] = [];
  const waiting = [...chosen];
  const work = async () => {
    for (let account = waiting.shift(); account !== undefined; account = waiting.shift()) {
      const query = { account_id: account.accountId };
      for (const role of await listPages(portal, "assignment/roles", query, "roleList")) {
        listed.push({ ...account, roleName: roleNameOf(role) });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_REQUESTS }, work));
  return listed.sort(byName);
}

function byName(a: Assignment, b: Assignment): number {
  const keys = ({ accountName, accountId, roleName }: Assignment) => [accountName, accountId, roleName];
  const [left, right] = [keys(a), keys(b)];
  const index = left.findIndex((key, i) => key !== right[i]);
  return index === -1 ? 0 : (left[index] ?? "") < (right[index] ?? "") ? -1 : 1;
}

interface Portal {
  readonly target: IdentityCenterTarget;
  readonly url: string;
  readonly token: string;
  readonly ca: string | undefined;
  readonly attempts: number;
  readonly effects: Effects;
}

/** All items of a list, over all pages. */
async function listPages(
  portal: Portal,
  path: string,
  query: Readonly<Record<string, string>>,
  member: string,
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const parameters = { max_result: PAGE_SIZE, ...query, ...(next === undefined ? {} : { next_token: next }) };
    const url = joinUrl(portal.url, `${path}?${new URLSearchParams(parameters)}`);
    const { status, body, isIntercepted } = await request(url, portal);
    const list = body[member];
    if (isIntercepted) {
      throw failed(portal, `the response from ${new URL(url).host} is not from IAM Identity Center (HTTP ${status})`, [
        CHECK_INTERCEPTION,
      ]);
    }
    if (status === 401) throw tokenRejected(portal);
    if (status !== 200 || !Array.isArray(list)) {
      const message = stringMember(body, "message");
      const reason = `HTTP ${status}${message === undefined ? "" : `: ${message}`}`;
      throw failed(portal, `IAM Identity Center did not list the accounts and roles: ${reason}`);
    }
    items.push(...list.map((item) => asJsonObject(item) ?? {}));
    next = stringMember(body, "nextToken") || undefined;
    if (next === undefined) return items;
  }
  throw failed(portal, `IAM Identity Center did not end the list after ${MAX_PAGES} pages`);
}

async function request(url: string, { token, ca, attempts, effects, ...portal }: Portal): Promise<ServiceResponse> {
  try {
    const headers = { "x-amz-sso_bearer_token": token };
    for (let round = 1; ; round++) {
      const response = await callService({ method: "GET", url, headers, ca }, attempts, effects);
      if (response.status !== 429 || round >= THROTTLED_ROUNDS) return response;
      await effects.sleep(fullJitterDelay(round, THROTTLED_BACKOFF, Math.random()));
    }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    throw failed(portal, `cannot reach IAM Identity Center at ${new URL(url).host}: ${error.message}`, [
      networkHelp(error),
    ]);
  }
}

function accountOf(json: JsonObject): Pick<Assignment, "accountId" | "accountName"> {
  const accountId = stringMember(json, "accountId") ?? "";
  if (!/^\d{12}$/.test(accountId)) throw invalidItem("account");
  return { accountId, accountName: stringMember(json, "accountName") ?? "" };
}

/** The characters of an IAM role's name. No other character may get into the config file. */
function roleNameOf(json: JsonObject): string {
  const roleName = stringMember(json, "roleName") ?? "";
  if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) throw invalidItem("role");
  return roleName;
}

function invalidItem(what: string): RolecallError {
  return new RolecallError("sso-failed", `IAM Identity Center returned an invalid ${what}`);
}

function failed({ target }: Pick<Portal, "target">, message: string, help: readonly string[] = []): RolecallError {
  return new RolecallError("sso-failed", message, { at: target.startUrl.from, help });
}

function tokenRejected({ target }: Portal): RolecallError {
  const { session, startUrl, profile = "default" } = target;
  return loginNeeded({ session, startUrl, profile }, "the SSO token is no longer valid");
}

/** The region that the sign-in found. */
function tokenRegion({ session, startUrl }: IdentityCenterTarget, { readFile, home }: Effects): string | undefined {
  try {
    const bytes = readFile(ssoTokenPath(session?.value ?? startUrl.value, home));
    const region = bytes && stringMember(parseJsonObject(new TextDecoder().decode(bytes)), "region");
    return region !== undefined && isHostLabel(region) ? region : undefined;
  } catch {
    return undefined;
  }
}
