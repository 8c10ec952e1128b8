/**
 * Probes EC2 instance metadata: IMDSv2, IMDSv1 and the other address family at the same time, to find the cause of a
 * failure.
 */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import type { Environment } from "../domain/environment.ts";
import { RAISE_HOP_LIMIT } from "../domain/help_texts.ts";
import { shortOrigin } from "../domain/origin.ts";
import { HttpError } from "../http/error.ts";
import { isFromIntermediary } from "../http/intermediary.ts";
import { metadataProxy } from "../http/proxy.ts";
import { MetadataError } from "../metadata/error.ts";
import { type ImdsSettings, openImds } from "../metadata/imds.ts";
import { noEc2 } from "../plan/absence.ts";
import type { Ec2Settings } from "../plan/plan.ts";
import type { Scope } from "../plan/scope.ts";
import { ec2Disabled, ec2Settings, otherEndpoint } from "../plan/sources/ec2.ts";
import { describeKeys, type Finding, finding, type ProbeWay } from "./finding.ts";

/** Outside EC2 the connection often times out, and a probe must not keep a person waiting. */
const CONNECT_MS = 1000;

/**
 * Requests credentials once in each way.
 *
 * @throws RolecallError `invalid-setting` for an invalid metadata setting.
 */
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
    attemptsWhileBusy: 1,
  };
  const other = otherEndpoint(settings);
  const [v2, v1, otherFamily] = await Promise.all([
    tryWay("IMDSv2", { ...common, v1: false }, effects),
    tryWay("IMDSv1", { ...common, v1: true, v2: false }, effects),
    other === undefined ? undefined : tryWay(addressFamily(other), { ...common, endpoint: other, v1: false }, effects),
  ]);
  const { state, detail, hints } = diagnose({ v2, v1, other: otherFamily }, settings, effects.now());
  const results = [v2, v1, ...(otherFamily === undefined ? [] : [otherFamily])];
  return {
    state,
    detail,
    hints: [...hints, ...proxyHints(settings.endpoint.value, scope.environment)],
    ways: results.map(({ way, role, ms }) => ({ way, detail: roleText(role), ms })),
  };
}

function addressFamily(endpoint: string): ProbeWay["way"] {
  return endpoint.includes("[") ? "IPv6" : "IPv4";
}

type Role = Credentials & { readonly roleName: string };

/** The result of one way to request the credentials. */
interface WayResult {
  readonly way: ProbeWay["way"];
  readonly role: Role | MetadataError;
  /** Milliseconds. */
  readonly ms: number;
}

async function tryWay(way: ProbeWay["way"], settings: ImdsSettings, effects: Effects): Promise<WayResult> {
  const started = performance.now();
  const role = await openImds(settings, effects)
    .credentials()
    .catch((error: unknown) => {
      if (error instanceof MetadataError) return error;
      throw error;
    });
  return { way, role, ms: Math.round(performance.now() - started) };
}

function roleText(role: WayResult["role"]): string {
  return role instanceof MetadataError ? role.message : `role ${role.roleName}`;
}

interface Results {
  readonly v2: WayResult;
  readonly v1: WayResult;
  /** Undefined if the endpoint is configured, so that no other address family can be used. */
  readonly other: WayResult | undefined;
}

/** Finds the cause from the combination of the results. */
function diagnose({ v2, v1, other }: Results, settings: Pick<Ec2Settings, "endpoint" | "v1">, now: Date): Finding {
  if (!(v2.role instanceof MetadataError)) {
    const isV1Enabled = !(v1.role instanceof MetadataError);
    return finding(
      "available",
      `role ${v2.role.roleName} over IMDSv2: ${describeKeys(v2.role, now)}`,
      isV1Enabled
        ? ["IMDSv1 is enabled, too: disable it with aws ec2 modify-instance-metadata-options --http-tokens required"]
        : [],
    );
  }
  const v2Error = tokenError(v2.role);
  if (!(v1.role instanceof MetadataError)) {
    const { roleName } = v1.role;
    const hints = [
      `could not get an IMDSv2 token (${errorText(v2Error)})`,
      ...(v2Error.reason === "no-response" ? [RAISE_HOP_LIMIT] : []),
    ];
    return settings.v1.value
      ? finding("available", `role ${roleName} over IMDSv1 only: ${describeKeys(v1.role, now)}`, hints)
      : finding(
          "misconfigured",
          `role ${roleName} over IMDSv1 only, but IMDSv1 is disabled by ${shortOrigin(settings.v1.from)}`,
          hints,
        );
  }
  if (other !== undefined && !(other.role instanceof MetadataError)) {
    return finding("misconfigured", `role ${other.role.roleName} over ${other.way} only, which is not configured`, [
      `set AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=${other.way}`,
    ]);
  }
  return diagnoseFailure(v2Error, v1.role, settings.endpoint.value);
}

/** The error of the token request if there was no token, otherwise the error itself. */
function tokenError(error: MetadataError): MetadataError {
  return error.reason === "v1-forbidden" && error.cause instanceof MetadataError ? error.cause : error;
}

function diagnoseFailure(v2: MetadataError, v1: MetadataError, endpoint: string): Finding {
  const { host } = new URL(endpoint);
  const errors = [v2, v1];
  const intercepted = errors.find(({ response }) => response !== undefined && isFromIntermediary(response));
  if (intercepted !== undefined) {
    return finding("refused", intercepted.message, [`allow direct connections from this machine to ${host}`]);
  }
  if (errors.some(({ reason }) => reason === "no-role")) {
    return finding("absent", "this is an EC2 instance, but no role is attached to it", [
      "attach a role: aws ec2 associate-iam-instance-profile",
      ...(v2.reason === "no-response" ? [RAISE_HOP_LIMIT] : []),
    ]);
  }
  if (errors.every(({ reason }) => reason === "unreachable")) return diagnoseUnreachable(v2, host);
  if (v2.reason === "no-response" && v1.response?.status === 401) {
    return finding(
      "misconfigured",
      "the hop limit is too low: requests without a token get a response (HTTP 401), but the IMDSv2 token does not arrive",
      [RAISE_HOP_LIMIT],
    );
  }
  if (errors.every(({ reason }) => reason === "no-response" || reason === "unreachable")) {
    return finding("unreachable", `${host} accepts connections, but does not respond (${errorText(v2)})`, [
      "check whether a firewall or proxy intercepts the connection, or whether another program listens at that address",
    ]);
  }
  if (errors.every(({ response }) => response?.status === 403)) {
    return finding("refused", "HTTP 403: instance metadata is disabled, or a firewall or proxy blocks the request", [
      "enable instance metadata: aws ec2 modify-instance-metadata-options --http-endpoint enabled",
    ]);
  }
  return finding("refused", v2.message, v2.reason === "reported-error" ? [reportedErrorHint(v2.message)] : []);
}

function reportedErrorHint(message: string): string {
  return message.includes("AssumeRoleUnauthorizedAccess")
    ? "allow ec2.amazonaws.com to assume the role in the role's trust policy"
    : "check the instance's role and its instance profile";
}

function diagnoseUnreachable(error: MetadataError, host: string): Finding {
  const why = errorText(error);
  switch (error.cause instanceof HttpError ? error.cause.kind : "unreachable") {
    case "forbidden":
      return finding("unreachable", `a firewall on this machine blocks ${host} (${why})`, [
        "check the firewall rules: iptables -L OUTPUT, nft list ruleset, or a network policy",
      ]);
    case "dns":
      return finding("unreachable", `cannot resolve the host name ${host} (${why})`);
    case "refused":
      return finding("unreachable", `not on EC2: nothing is listening at ${host} (${why})`);
    default:
      return finding("unreachable", `not on EC2: cannot reach ${host} (${why})`);
  }
}

function errorText({ cause, message }: MetadataError): string {
  return cause instanceof HttpError ? cause.message : message;
}

/** Points out a proxy that other tools would send metadata requests to. */
function proxyHints(endpoint: string, environment: Environment): string[] {
  const proxy = metadataProxy(new URL(endpoint), environment);
  if (proxy === undefined) return [];
  return [`${proxy.fact}: rolecall never uses a proxy for metadata, but other tools can; ${proxy.advice}`];
}
