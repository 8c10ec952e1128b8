/** The output of `explain` for people: the plan in a few lines, each value with its origin. */
import { runCommand } from "../domain/help_texts.ts";
import { type Origin, type Sourced, shortOrigin } from "../domain/origin.ts";
import type { AssumeRoleStep, Ignored, MfaSessionStep, Plan } from "../plan/plan.ts";
import type { CachePreview, SourcePreview, StepPreview, TokenPreview } from "../resolve/preview.ts";
import type { MfaCodeSource } from "../sts/mfa.ts";
import { formatDuration, formatDurationExactly } from "../text/duration.ts";
import { redact } from "../text/redact.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { redactPath } from "../text/url.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { type Explanation, program, redactPassword, unsetRegion } from "./explanation.ts";
import { gridLines, type Row } from "./grid.ts";
import { abbreviateHome, abbreviateHomes } from "./tilde.ts";

export interface ExplainStyle {
  readonly colors: Colors;
  /** The columns of the screen. */
  readonly width: number;
  /** The user's home folder, which is abbreviated to `~`. */
  readonly home: string;
  readonly now: Date;
}

/** The text ends with a newline. It contains no secret: plans have none, and of a command it shows the program only. */
export function renderExplanation(explanation: Explanation, style: ExplainStyle): string {
  const { plan, preview } = explanation;
  const steps: readonly (readonly Row[])[] = [
    stepRows(sourceRows(plan, preview.source, style), preview.source, style),
    ...(plan.mfaSession && preview.mfaSession
      ? [stepRows(mfaSessionRows(plan.mfaSession, preview.mfaSession, style), preview.mfaSession, style)]
      : []),
    ...plan.roles.flatMap((role, index) => {
      const step = preview.roles[index];
      return step === undefined
        ? []
        : [stepRows(roleRows(role, plan.mfaSession !== undefined, step, style), step, style)];
    }),
  ];
  const numbered = steps.flatMap((rows, index) =>
    rows.map((row, line) => ({ ...row, label: `${line === 0 ? index + 1 : " "} ${row.label}` })),
  );
  const blank: Row = { label: "", value: "" };
  // One grid for both parts, so that all values are aligned.
  const rows = [...headRows(explanation, style), blank, ...numbered];
  const lines = gridLines(rows, style.width, { note: style.colors.dim });
  return `${[...lines, ...ignoredLines(plan.ignored, style)].join("\n")}\n`;
}

function headRows(explanation: Explanation, style: ExplainStyle): Row[] {
  const { plan, profileName, sts, proxy, minTtl } = explanation;
  const { attempts, caBundle } = plan.services;
  return [
    ...setting("profile", profileName, style, plan.profile === undefined ? " (not defined)" : ""),
    ...(plan.region === undefined
      ? [{ label: "region", value: unsetRegion(plan) }]
      : setting("region", plan.region, style)),
    {
      label: "STS",
      value: escapeControls(
        redactPassword(sts.url ?? (plan.sts.regionFromInstance ? "in the instance's region" : "none")),
      ),
      // The row of the region shows its origin already.
      note:
        "default" in sts.from || sts.from === plan.region?.from
          ? redact(sts.reason)
          : `${redact(sts.reason)} (${origin(sts.from, style)})`,
    },
    ...overriddenRows(
      { value: "", from: sts.from, ...(sts.overrides === undefined ? {} : { overrides: sts.overrides }) },
      style,
    ),
    ...(sts.signingRegion === undefined ||
    sts.url?.includes(sts.signingRegion) ||
    sts.signingRegion === plan.region?.value
      ? []
      : [{ label: "", value: `signed for ${sts.signingRegion}` }]),
    ...setting("proxy", proxy, style),
    ...setting("CA bundle", caBundle, style),
    ...configured("attempts", attempts, style),
    ...configured("min-ttl", { ...minTtl, value: formatDurationExactly(minTtl.value) }, style),
    ...promptRows(explanation),
  ];
}

/** Whether there will be a prompt; no row if no step needs an MFA code. */
function promptRows({ plan, preview }: Explanation): Row[] {
  if (plan.mfaSession === undefined && plan.roles.every(({ mfaSerial }) => mfaSerial === undefined)) return [];
  const codeSources = [preview.mfaSession, ...preview.roles].map((step) => step?.mfa);
  const prompts = codeSources.filter((source) => source === "person").length;
  const value = codeSources.includes("nobody")
    ? "disabled by --no-input: the command will fail, because it needs an MFA code"
    : prompts === 0
      ? "none"
      : `for ${prompts} MFA code${prompts === 1 ? "" : "s"}`;
  return [{ label: "prompt", value }];
}

/** The rows of a step: the first one is highlighted; all are dim if the step is not needed. */
function stepRows(rows: readonly Row[], { isNeeded }: StepPreview, { colors }: ExplainStyle): Row[] {
  if (!isNeeded) {
    const style = { label: colors.dim, value: colors.dim };
    const reason = detail("not needed: the session of a later step is cached");
    return [...rows, reason].map((row) => ({ ...row, style }));
  }
  return rows.map((row, index) => (index === 0 ? { ...row, style: { label: colors.blue, value: colors.bold } } : row));
}

function sourceRows({ source, passedOver }: Plan, preview: SourcePreview, style: ExplainStyle): Row[] {
  const note = origin(source.from, style);
  const cache = cacheRows(preview.cache, style);
  switch (source.kind) {
    case "environment":
      return [
        { label: "keys", value: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", note },
        ...expirationRows(source.expiration, style),
      ];
    case "static":
      return [{ label: "keys", value: `of the profile ${escapeControls(source.profile)}`, note }];
    case "process":
      return [{ label: "process", value: commandText({ value: source.argv, from: source.from }), note }];
    case "container":
      return [{ label: "container", value: escapeControls(redactPath(source.url)), note }];
    case "web-identity":
      return [
        ...setting("web identity", source.roleArn, style),
        ...setting("token file", source.tokenFile, style),
        ...setting("session name", source.roleSessionName, style),
        ...cache,
      ];
    case "sso":
      return [
        ...setting("SSO role", source.roleName, style),
        ...setting("account", source.accountId, style),
        ...setting("session", source.session, style),
        ...setting("start URL", source.startUrl, style),
        ...setting("SSO region", source.region, style),
        ...configured("portal", source.portalEndpoint, style),
        ...configured("token service", source.oidcEndpoint, style),
        ...tokenRows(preview.token, style, source.session === undefined),
        ...cache,
      ];
    case "login":
      return [
        ...setting("login", source.session, style),
        ...setting("endpoint", source.endpoint, style),
        ...tokenRows(preview.token, style),
      ];
    case "ec2":
      return [
        { label: "EC2 metadata", value: source.named ? "of this instance" : "if this machine is an instance", note },
        ...configured("endpoint", source.endpoint, style),
        ...configured("timeout", { ...source.timeoutSeconds, value: `${source.timeoutSeconds.value} s` }, style),
        ...configured("attempts", source.attempts, style),
        ...(source.v1.value ? [] : setting("IMDSv1", { ...source.v1, value: "disabled" }, style)),
        ...passedOver.map((line) => dimmed(escapeControls(abbreviateHomes(line, style.home)), style)),
      ];
  }
}

function expirationRows(found: Sourced<string> | undefined, style: ExplainStyle): Row[] {
  const until = found && parseTimestamp(found.value);
  if (found === undefined || until === undefined) return setting("expires", found, style);
  const value = until <= style.now ? `${untilText(until, style)} (expired)` : untilText(until, style);
  return setting("expires", { ...found, value }, style);
}

function mfaSessionRows(step: MfaSessionStep, preview: StepPreview, style: ExplainStyle): Row[] {
  return [
    ...setting("MFA session", step.serial, style),
    ...mfaRows(preview.mfa, step.mfaProcess, style),
    ...configured(
      "duration",
      { ...step.durationSeconds, value: formatDurationExactly(step.durationSeconds.value) },
      style,
    ),
    ...(preview.cache === undefined && preview.isNeeded
      ? [{ label: "cache", value: "unknown: it depends on the credentials of the source" }]
      : cacheRows(preview.cache, style)),
  ];
}

function roleRows(
  step: AssumeRoleStep,
  hasMfaSession: boolean,
  { cache, mfa }: StepPreview,
  style: ExplainStyle,
): Row[] {
  const { durationSeconds: duration, session } = step;
  const policy = session.policy && {
    ...session.policy,
    value: `inline, ${session.policy.value.length} characters`,
  };
  return [
    ...setting("role", step.roleArn, style),
    ...setting(
      "source",
      step.sourceProfile && { ...step.sourceProfile, value: `profile ${step.sourceProfile.value}` },
      style,
    ),
    ...setting("source", step.credentialSource, style),
    ...setting("external id", step.externalId, style),
    ...setting("session name", step.roleSessionName, style),
    ...(duration === undefined
      ? []
      : setting("duration", { ...duration, value: formatDurationExactly(duration.value) }, style)),
    ...setting("identity", session.sourceIdentity, style),
    ...session.tags.flatMap(({ value: { key, value }, from }) =>
      setting("tag", { value: `${key}=${value}`, from }, style),
    ),
    ...session.transitiveTagKeys.flatMap((key) => setting("transitive", key, style)),
    ...session.policyArns.flatMap((arn) => setting("policy", arn, style)),
    ...(policy === undefined ? [] : setting("policy", policy, style)),
    ...setting("MFA", step.mfaSerial, style),
    ...(hasMfaSession && step.mfaSerial !== undefined ? [detail("no code: the MFA session is used")] : []),
    ...mfaRows(mfa, step.mfaProcess, style),
    ...cacheRows(cache, style),
  ];
}

function mfaRows(
  codeSource: MfaCodeSource | undefined,
  process: Sourced<readonly string[]> | undefined,
  style: ExplainStyle,
): Row[] {
  switch (codeSource) {
    case undefined:
      return [];
    case "option":
      return [detail("the code is given as an option")];
    case "person":
      return [detail("prompts for the code at the terminal")];
    case "nobody":
      return [detail("no code: --no-input disables the prompt")];
    case "process":
      return process === undefined
        ? []
        : [
            { label: "", value: `code from the command ${commandText(process)}`, note: origin(process.from, style) },
            ...overriddenRows(program(process), style),
          ];
  }
}

function cacheRows(cache: CachePreview | undefined, style: ExplainStyle): Row[] {
  if (cache === undefined) return [];
  const { state, until, file } = cache;
  const end = untilText(until, style);
  const value = {
    hit: `a session until ${end}`,
    "ends-soon": `a session until ${end}, too short to use`,
    expired: `a session that expired at ${end}`,
    miss: "no session",
    off: "not used (--no-cache)",
  }[state];
  return [{ label: "cache", value, note: existingFile(file, until, style) }];
}

/** @param isLegacy whether the token is that of a legacy SSO profile. */
function tokenRows(token: TokenPreview | undefined, style: ExplainStyle, isLegacy = false): Row[] {
  if (token === undefined) return [];
  const { state, expiration: until, file, command, problem } = token;
  const isUnreadable = problem?.code === "file-unreadable";
  const end = untilText(until, style);
  const value = {
    valid: `until ${end}`,
    refreshable: `until ${end}, refreshed before use`,
    expired: `expired at ${end}`,
    missing: isUnreadable ? escapeControls(problem.message) : "none",
  }[state];
  const isLoginNeeded = !isUnreadable && (state === "missing" || state === "expired");
  return [
    { label: "token", value, note: existingFile(file, until, style) },
    ...refreshRows(token, isLegacy, style),
    ...(isLoginNeeded ? [detail(escapeControls(runCommand(command)))] : []),
  ];
}

/** How long the token can be refreshed; the session may end sooner, which only the service knows. */
function refreshRows(
  { state, canRefresh, registrationExpiresAt: end }: TokenPreview,
  isLegacy: boolean,
  style: ExplainStyle,
): Row[] {
  if (end !== undefined) {
    const time = untilText(end, style);
    return [detail(end > style.now ? `refreshable until ${time}` : `the client registration expired at ${time}`)];
  }
  if (state !== "valid" || canRefresh) return [];
  return [detail(`cannot be refreshed${isLegacy ? ": an sso_session in the profile would allow it" : ""}`)];
}

/** `2026-01-02T03:04Z (45 min left)`; only the time if that is in the past. */
function untilText(until: Date | undefined, { now }: ExplainStyle): string {
  if (until === undefined) return "";
  const minutes = Math.floor((until.getTime() - now.getTime()) / 60_000);
  const left = minutes < 0 ? "" : ` (${minutes === 0 ? "less than 1 min" : formatDuration(minutes * 60)} left)`;
  return `${until.toISOString().replace(/:\d\d\.\d+Z$/, "Z")}${left}`;
}

/** The path of a cache file, if it exists. */
function existingFile(file: string | undefined, until: Date | undefined, style: ExplainStyle): string | undefined {
  return until === undefined || file === undefined ? undefined : escapeControls(abbreviateHome(file, style.home));
}

/** The row of a setting, and rows for the values that it overrides; none if it is not set. */
function setting(label: string, found: Sourced<string> | undefined, style: ExplainStyle, suffix = ""): Row[] {
  if (found === undefined) return [];
  const value = escapeControls(redactPassword(found.value)) + suffix;
  return [{ label, value, note: origin(found.from, style) }, ...overriddenRows(found, style)];
}

/** As `setting`, but no row for a default. */
function configured(label: string, found: Sourced<string | number>, style: ExplainStyle): Row[] {
  return "default" in found.from ? [] : setting(label, { ...found, value: String(found.value) }, style);
}

function overriddenRows({ overrides = [] }: Sourced<unknown>, style: ExplainStyle): Row[] {
  return overrides.map(({ value, from }) => ({
    label: "",
    value: `overrides ${value === "" ? "an empty value" : escapeControls(redactPassword(String(value)))}`,
    note: origin(from, style),
    style: { value: style.colors.dim },
  }));
}

function dimmed(value: string, { colors }: ExplainStyle): Row {
  return { label: "", value, style: { value: colors.dim } };
}

function detail(value: string): Row {
  return { label: "", value };
}

function ignoredLines(ignored: readonly Ignored[], style: ExplainStyle): string[] {
  if (ignored.length === 0) return [];
  const { colors, width } = style;
  const rows = ignored.map(({ what, from, why }) => ({
    label: "",
    value: escapeControls("file" in from ? `${what} (${origin(from, style)})` : what),
    note: escapeControls(why),
  }));
  return ["", colors.yellow("ignored"), ...gridLines(rows, width, { note: colors.dim })];
}

/** The program and the number of its arguments, which may contain secrets. */
function commandText(argv: Sourced<readonly string[]>): string {
  const count = argv.value.length - 1;
  return `${escapeControls(program(argv).value)}${count === 0 ? "" : ` with ${count} argument${count === 1 ? "" : "s"}`}`;
}

function origin(from: Origin, { home }: ExplainStyle): string {
  return escapeControls(abbreviateHome(shortOrigin(from), home));
}
