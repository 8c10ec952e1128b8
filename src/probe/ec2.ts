/** Probes the EC2 instance metadata: IMDSv2, IMDSv1 and the other address family at once, and what follows from all three. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { RAISE_HOP_LIMIT } from "../domain/help_texts.ts";
import { shortOrigin } from "../domain/origin.ts";
import { HttpError, type HttpErrorKind } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { proxyFor } from "../http/proxy.ts";
import { MetadataError } from "../metadata/error.ts";
import { type ImdsSettings, openImds } from "../metadata/imds.ts";
import { noEc2 } from "../plan/absence.ts";
import type { Ec2Settings } from "../plan/plan.ts";
import type { Scope } from "../plan/scope.ts";
import { ec2Disabled, ec2Settings, otherEndpoint } from "../plan/sources/ec2.ts";
import { describeKeys, type Finding, finding, type ProbeWay } from "./finding.ts";

/** Milliseconds. Outside of AWS nobody takes the connection, and a probe must not keep a person waiting. */
const CONNECT_MS = 1000;

/** @throws RolecallError `invalid-setting`. */
export async function probeEc2(scope: Scope, effects: Effects): Promise<Finding> {
  const settings = ec2Settings(scope);
  const disabled = ec2Disabled(scope);
  if (disabled !== undefined) return finding("absent", noEc2(disabled));
  const common = {
    endpoint: settings.endpoint.value,
    connectMs: CONNECT_MS,
    responseMs: settings.timeoutSeconds.value * 1000,
    attempts: 1,
    attemptsAfterResponse: 1,
  };
  const other = otherEndpoint(settings);
  const [v2, v1, otherFamily] = await Promise.all([
    ask("IMDSv2", { ...common, v1: false }, effects),
    ask("IMDSv1", { ...common, v1: true, v2: false }, effects),
    other === undefined ? undefined : ask(familyOf(other), { ...common, endpoint: other, v1: false }, effects),
  ]);
  const { state, detail, hints } = ec2Verdict({ v2, v1, other: otherFamily }, settings, effects.now());
  const ways = [v2, v1, ...(otherFamily === undefined ? [] : [otherFamily])];
  return {
    state,
    detail,
    hints: [...hints, ...proxyHints(settings.endpoint.value, scope.environment)],
    ways: ways.map(({ way, role, ms }) => ({ way, detail: outcomeText(role), ms })),
  };
}

function familyOf(endpoint: string): ProbeWay["way"] {
  return endpoint.includes("[") ? "IPv6" : "IPv4";
}

type Role = Credentials & { readonly roleName: string };

/** One way to the metadata, and what came of it. */
interface AskedWay {
  readonly way: ProbeWay["way"];
  readonly role: Role | MetadataError;
  /** Milliseconds. */
  readonly ms: number;
}

async function ask(way: ProbeWay["way"], settings: ImdsSettings, effects: Effects): Promise<AskedWay> {
  const started = performance.now();
  const role = await openImds(settings, effects)
    .credentials()
    .catch((error: unknown) => {
      if (error instanceof MetadataError) return error;
      throw error;
    });
  return { way, role, ms: Math.round(performance.now() - started) };
}

function outcomeText(role: AskedWay["role"]): string {
  return role instanceof MetadataError ? role.message : `role ${role.roleName}`;
}

interface AskedWays {
  readonly v2: AskedWay;
  readonly v1: AskedWay;
  /** Of the other address family; undefined where only one address may be asked. */
  readonly other: AskedWay | undefined;
}

/** What the ways together say. */
function ec2Verdict({ v2, v1, other }: AskedWays, settings: Pick<Ec2Settings, "endpoint" | "v1">, now: Date): Finding {
  if (!(v2.role instanceof MetadataError)) {
    const v1Answers = !(v1.role instanceof MetadataError);
    return finding(
      "available",
      `role ${v2.role.roleName} over IMDSv2: ${describeKeys(v2.role, now)}`,
      v1Answers
        ? ["IMDSv1 answers, too: aws ec2 modify-instance-metadata-options --http-tokens required ends that"]
        : [],
    );
  }
  const tokenFailure = withoutToken(v2.role);
  if (!(v1.role instanceof MetadataError)) {
    const { roleName } = v1.role;
    const hints = tokenFailure.reason === "no-response" ? [RAISE_HOP_LIMIT] : [];
    const why = `no token came over IMDSv2 (${failureText(tokenFailure)})`;
    return settings.v1.value
      ? finding("available", `role ${roleName} over IMDSv1 only: ${describeKeys(v1.role, now)}`, [why, ...hints])
      : finding("misconfigured", `role ${roleName} over IMDSv1 only, which ${shortOrigin(settings.v1.from)} forbids`, [
          why,
          ...hints,
        ]);
  }
  if (other !== undefined && !(other.role instanceof MetadataError)) {
    return finding(
      "misconfigured",
      `role ${other.role.roleName}, but over ${other.way} only, which is not configured`,
      [`set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=${other.way}`],
    );
  }
  return noCredentials(tokenFailure, v1.role, settings.endpoint.value);
}

/** Why there was no token, or else why there were no credentials with it. */
function withoutToken(failure: MetadataError): MetadataError {
  return failure.reason === "v1-forbidden" && failure.cause instanceof MetadataError ? failure.cause : failure;
}

function noCredentials(v2: MetadataError, v1: MetadataError, endpoint: string): Finding {
  const { host } = new URL(endpoint);
  const both = [v2, v1];
  const proxied = both.find(({ response }) => response !== undefined && isFromIntermediary(response));
  if (proxied !== undefined) {
    return finding("refused", proxied.message, [`nothing may stand between this machine and ${host}`]);
  }
  const noRole = both.find(({ reason }) => reason === "no-role");
  if (noRole !== undefined) {
    return finding("absent", "this is an EC2 instance, but no role is attached to it", [
      "attach one: aws ec2 associate-iam-instance-profile",
      ...(v2.reason === "no-response" ? [RAISE_HOP_LIMIT] : []),
    ]);
  }
  if (v2.reason === "unreachable" && v1.reason === "unreachable") return nobodyThere(v2, host);
  if (v2.reason === "no-response" && v1.response?.status === 401) {
    return finding(
      "misconfigured",
      "the hop limit is too low: requests without a token are answered (HTTP 401), the IMDSv2 token never comes",
      [RAISE_HOP_LIMIT],
    );
  }
  if (both.every(({ reason }) => reason === "no-response" || reason === "unreachable")) {
    return finding("unreachable", `${host} takes the connection, but never answers (${failureText(v2)})`, [
      "a firewall or a proxy stands in between, or what listens there is not the EC2 metadata",
    ]);
  }
  if (both.every(({ response }) => response?.status === 403)) {
    return finding(
      "refused",
      "HTTP 403: the instance's metadata is switched off, or something on the way to it forbids to ask",
      ["switch it on: aws ec2 modify-instance-metadata-options --http-endpoint enabled"],
    );
  }
  return finding("refused", v2.message, v2.reason === "reported-error" ? reportedHints(v2.message) : []);
}

function reportedHints(message: string): string[] {
  return message.includes("AssumeRoleUnauthorizedAccess")
    ? ["the role's trust policy has to allow the service ec2.amazonaws.com to assume it"]
    : ["the instance's role or its instance profile is not in order"];
}

/** By how the connection failed. */
const NOBODY: Readonly<Partial<Record<HttpErrorKind, (host: string) => Finding>>> = {
  forbidden: (host) =>
    finding("unreachable", `a firewall of this machine forbids to ask ${host}`, [
      "look for a rule that drops it: iptables -L OUTPUT, nft list ruleset, or a network policy",
    ]),
  dns: (host) => finding("unreachable", `the name ${host} is not known`),
};

function nobodyThere(failure: MetadataError, host: string): Finding {
  const kind = failure.cause instanceof HttpError ? failure.cause.kind : "unreachable";
  return NOBODY[kind]?.(host) ?? finding("unreachable", `not on EC2: nothing is at ${host} (${failureText(failure)})`);
}

function failureText({ cause, message }: MetadataError): string {
  return cause instanceof HttpError ? cause.message : message;
}

/** Whether other tools would send metadata requests to a proxy. */
function proxyHints(endpoint: string, environment: Environment): string[] {
  const { hostname } = new URL(endpoint);
  const exempt = [variable(environment, "NO_PROXY") ?? variable(environment, "no_proxy"), hostname];
  const remedy = `set NO_PROXY=${exempt.filter((one) => one !== undefined).join(",")}`;
  try {
    const proxy = proxyFor(new URL(endpoint), environment);
    if (proxy === undefined) return [];
    return [
      `${shortOrigin(proxy.from)} is set: rolecall never asks metadata through a proxy, but other tools may; ${remedy}`,
    ];
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    return [`${error.message}; rolecall does not use it for metadata, but other tools may; ${remedy}`];
  }
}
