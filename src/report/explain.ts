/** `explain` for a person: the plan at a glance, each value with where it comes from. */
import { runCommand } from "../domain/help_texts.ts";
import { type Origin, type Sourced, shortOrigin } from "../domain/origin.ts";
import type { AssumeRoleStep, Ignored, MfaSessionStep, Plan } from "../plan/plan.ts";
import type { CachePreview, SourcePreview, StepPreview, TokenPreview } from "../resolve/preview.ts";
import type { MfaCodeSource } from "../sts/mfa.ts";
import { formatDuration, formatDurationExactly } from "../text/duration.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import type { Colors } from "./colors.ts";
import { escapeControls } from "./error.ts";
import { type Explanation, program, redactPassword } from "./explanation.ts";
import { gridLines, type Row } from "./grid.ts";
import { abbreviateHome, abbreviateHomes } from "./tilde.ts";

export interface ExplainStyle {
  readonly paint: Colors;
  /** In characters. */
  readonly width: number;
  /** The user's home folder, which is shown as `~`. */
  readonly home: string;
  readonly now: Date;
}

/** Ends with a newline. No secret is in it: the plan has none, and a command is shown without its arguments. */
export function renderExplanation(explanation: Explanation, sheet: ExplainStyle): string {
  const { plan, preview } = explanation;
  const steps: readonly (readonly Row[])[] = [
    stepRows(sourceRows(plan, preview.source, sheet), preview.source, sheet),
    ...(plan.mfaSession && preview.mfaSession
      ? [stepRows(mfaSessionRows(plan.mfaSession, preview.mfaSession, sheet), preview.mfaSession, sheet)]
      : []),
    ...plan.roles.flatMap((role, index) => {
      const step = preview.roles[index];
      return step === undefined
        ? []
        : [stepRows(roleRows(role, plan.mfaSession !== undefined, step, sheet), step, sheet)];
    }),
  ];
  const numbered = steps.flatMap((rows, index) =>
    rows.map((row, line) => ({ ...row, label: `${line === 0 ? index + 1 : " "} ${row.label}` })),
  );
  const blank: Row = { label: "", value: "" };
  // One grid for both, so that all values stand in one column.
  const rows = [...headRows(explanation, sheet), blank, ...numbered];
  const lines = gridLines(rows, sheet.width, { place: sheet.paint.dim });
  return `${[...lines, ...ignoredLines(plan.ignored, sheet)].join("\n")}\n`;
}

function headRows(explanation: Explanation, sheet: ExplainStyle): Row[] {
  const { plan, profileName, sts, proxy, minTtl } = explanation;
  const { attempts, caBundle } = plan.services;
  return [
    ...setting("profile", profileName, sheet, plan.profile === undefined ? " (not defined)" : ""),
    ...(plan.region === undefined
      ? [{ label: "region", value: "none is configured" }]
      : setting("region", plan.region, sheet)),
    {
      label: "STS",
      value: escapeControls(
        redactPassword(sts.url ?? (plan.sts.regionFromInstance ? "in the instance's region" : "none")),
      ),
      // The region's place stands above.
      place:
        "default" in sts.from || sts.from === plan.region?.from
          ? sts.reason
          : `${sts.reason} (${origin(sts.from, sheet)})`,
    },
    ...overriddenRows(
      { value: "", from: sts.from, ...(sts.overrides === undefined ? {} : { overrides: sts.overrides }) },
      sheet,
    ),
    ...(sts.signingRegion === undefined ||
    sts.url?.includes(sts.signingRegion) ||
    sts.signingRegion === plan.region?.value
      ? []
      : [{ label: "", value: `signed for ${sts.signingRegion}` }]),
    ...setting("proxy", proxy, sheet),
    ...setting("CA bundle", caBundle, sheet),
    ...configured("attempts", attempts, sheet),
    ...configured("min-ttl", { ...minTtl, value: formatDurationExactly(minTtl.value) }, sheet),
    ...promptRows(explanation),
  ];
}

/** Whether anybody will be asked; nothing where there is nothing to ask for. */
function promptRows({ plan, preview }: Explanation): Row[] {
  if (plan.mfaSession === undefined && plan.roles.every(({ mfaSerial }) => mfaSerial === undefined)) return [];
  const answerers = [preview.mfaSession, ...preview.roles].map((step) => step?.mfa);
  const questions = answerers.filter((answerer) => answerer === "person").length;
  const value = answerers.includes("nobody")
    ? "forbidden by --no-input, though a code is needed: it will fail"
    : questions === 0
      ? "none"
      : `for ${questions} MFA code${questions === 1 ? "" : "s"}`;
  return [{ label: "prompt", value }];
}

/** The rows of a step: its first one stands out, and all are faint where nobody looks at it. */
function stepRows(rows: readonly Row[], { isNeeded }: StepPreview, { paint }: ExplainStyle): Row[] {
  if (!isNeeded) {
    const style = { label: paint.dim, value: paint.dim };
    const idle: Row = { label: "", value: "not asked: a session after it is cached" };
    return [...rows, idle].map((row) => ({ ...row, style }));
  }
  return rows.map((row, index) => (index === 0 ? { ...row, style: { label: paint.blue, value: paint.bold } } : row));
}

function sourceRows({ source, passedOver }: Plan, forecast: SourcePreview, sheet: ExplainStyle): Row[] {
  const place = origin(source.from, sheet);
  const cache = cacheRows(forecast.cache, sheet);
  switch (source.kind) {
    case "environment":
      return [
        { label: "keys", value: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", place },
        ...expirationRows(source.expiration, sheet),
      ];
    case "static":
      return [{ label: "keys", value: `of the profile ${escapeControls(source.profile)}`, place }];
    case "process":
      return [{ label: "process", value: commandText({ value: source.argv, from: source.from }), place }];
    case "container":
      return [{ label: "container", value: escapeControls(redactPassword(source.url)), place }];
    case "web-identity":
      return [
        ...setting("web identity", source.roleArn, sheet),
        ...setting("token file", source.tokenFile, sheet),
        ...setting("session name", source.roleSessionName, sheet),
        ...cache,
      ];
    case "sso":
      return [
        ...setting("SSO role", source.roleName, sheet),
        ...setting("account", source.accountId, sheet),
        ...setting("session", source.session, sheet),
        ...setting("start URL", source.startUrl, sheet),
        ...setting("SSO region", source.region, sheet),
        ...configured("portal", source.portalEndpoint, sheet),
        ...configured("token service", source.oidcEndpoint, sheet),
        ...tokenRows(forecast.token, sheet),
        ...cache,
      ];
    case "login":
      return [
        ...setting("login", source.session, sheet),
        ...setting("endpoint", source.endpoint, sheet),
        ...tokenRows(forecast.token, sheet),
      ];
    case "ec2":
      return [
        { label: "EC2 metadata", value: source.named ? "of this instance" : "if this is an instance", place },
        ...configured("endpoint", source.endpoint, sheet),
        ...configured("time-out", { ...source.timeoutSeconds, value: `${source.timeoutSeconds.value} s` }, sheet),
        ...configured("attempts", source.attempts, sheet),
        ...(source.v1.value ? [] : setting("IMDSv1", { ...source.v1, value: "never" }, sheet)),
        ...passedOver.map((line) => faint(escapeControls(abbreviateHomes(line, sheet.home)), sheet)),
      ];
  }
}

function expirationRows(found: Sourced<string> | undefined, sheet: ExplainStyle): Row[] {
  const until = found && parseTimestamp(found.value);
  if (found === undefined || until === undefined) return setting("end", found, sheet);
  const value = until <= sheet.now ? `they ended: ${untilText(until, sheet)}` : untilText(until, sheet);
  return setting("end", { ...found, value }, sheet);
}

function mfaSessionRows(step: MfaSessionStep, forecast: StepPreview, sheet: ExplainStyle): Row[] {
  return [
    ...setting("MFA session", step.serial, sheet),
    ...mfaRows(forecast.mfa, step.mfaProcess, sheet),
    ...configured(
      "lasts",
      { ...step.durationSeconds, value: formatDurationExactly(step.durationSeconds.value) },
      sheet,
    ),
    ...(forecast.cache === undefined && forecast.isNeeded
      ? [{ label: "cache", value: "cannot be told before the source is asked" }]
      : cacheRows(forecast.cache, sheet)),
  ];
}

function roleRows(
  step: AssumeRoleStep,
  hasMfaSession: boolean,
  { cache, mfa }: StepPreview,
  sheet: ExplainStyle,
): Row[] {
  const { durationSeconds: lasts, session } = step;
  const policy = session.policy && {
    ...session.policy,
    value: `a policy of ${session.policy.value.length} characters`,
  };
  return [
    ...setting("role", step.roleArn, sheet),
    ...setting(
      "source",
      step.sourceProfile && { ...step.sourceProfile, value: `profile ${step.sourceProfile.value}` },
      sheet,
    ),
    ...setting("source", step.credentialSource, sheet),
    ...setting("external id", step.externalId, sheet),
    ...setting("session name", step.roleSessionName, sheet),
    ...(lasts === undefined ? [] : setting("lasts", { ...lasts, value: formatDurationExactly(lasts.value) }, sheet)),
    ...setting("identity", session.sourceIdentity, sheet),
    ...session.tags.flatMap(({ value: { key, value }, from }) =>
      setting("tag", { value: `${key}=${value}`, from }, sheet),
    ),
    ...session.transitiveTagKeys.flatMap((key) => setting("transitive", key, sheet)),
    ...session.policyArns.flatMap((arn) => setting("policy", arn, sheet)),
    ...(policy === undefined ? [] : setting("policy", policy, sheet)),
    ...setting("MFA", step.mfaSerial, sheet),
    ...(hasMfaSession && step.mfaSerial !== undefined ? [note("the MFA session has shown the code")] : []),
    ...mfaRows(mfa, step.mfaProcess, sheet),
    ...cacheRows(cache, sheet),
  ];
}

function mfaRows(
  answerer: MfaCodeSource | undefined,
  process: Sourced<readonly string[]> | undefined,
  sheet: ExplainStyle,
): Row[] {
  switch (answerer) {
    case undefined:
      return [];
    case "option":
      return [note("the code is given already")];
    case "person":
      return [note("asks for the code at the terminal")];
    case "nobody":
      return [note("nobody may be asked for the code: --no-input")];
    case "process":
      return process === undefined
        ? []
        : [
            { label: "", value: `the code is that of ${commandText(process)}`, place: origin(process.from, sheet) },
            ...overriddenRows(program(process), sheet),
          ];
  }
}

function cacheRows(cache: CachePreview | undefined, sheet: ExplainStyle): Row[] {
  if (cache === undefined) return [];
  const { state, until, file } = cache;
  const end = untilText(until, sheet);
  const value = {
    hit: `a session until ${end}`,
    "ends-soon": `a session that ends too soon: ${end}`,
    expired: `a session that ended: ${end}`,
    miss: "nothing",
    off: "not used: --no-cache",
  }[state];
  return [{ label: "cache", value, place: foundFile(file, until, sheet) }];
}

function tokenRows(token: TokenPreview | undefined, sheet: ExplainStyle): Row[] {
  if (token === undefined) return [];
  const { state, expiration: until, file, command } = token;
  const end = untilText(until, sheet);
  const value = {
    valid: `until ${end}`,
    refreshable: `it is refreshed first: ${end}`,
    expired: `it ended: ${end}`,
    missing: "none",
  }[state];
  const isLoginNeeded = state === "missing" || state === "expired";
  return [
    { label: "token", value, place: foundFile(file, until, sheet) },
    ...(isLoginNeeded ? [note(escapeControls(runCommand(command)))] : []),
  ];
}

/** `2026-01-02T03:04Z (45 min left)`, without the rest where nothing is left. */
function untilText(until: Date | undefined, { now }: ExplainStyle): string {
  if (until === undefined) return "";
  const minutes = Math.floor((until.getTime() - now.getTime()) / 60_000);
  const left = minutes < 0 ? "" : ` (${minutes === 0 ? "less than 1 min" : formatDuration(minutes * 60)} left)`;
  return `${until.toISOString().replace(/:\d\d\.\d+Z$/, "Z")}${left}`;
}

/** Only a file that is there is worth looking at. */
function foundFile(file: string | undefined, until: Date | undefined, sheet: ExplainStyle): string | undefined {
  return until === undefined || file === undefined ? undefined : escapeControls(abbreviateHome(file, sheet.home));
}

/** A setting with what it won against below it; nothing where it is not set. */
function setting(label: string, found: Sourced<string> | undefined, sheet: ExplainStyle, suffix = ""): Row[] {
  if (found === undefined) return [];
  const value = escapeControls(redactPassword(found.value)) + suffix;
  return [{ label, value, place: origin(found.from, sheet) }, ...overriddenRows(found, sheet)];
}

/** As `setting`, where somebody configured it. */
function configured(label: string, found: Sourced<string | number>, sheet: ExplainStyle): Row[] {
  return "default" in found.from ? [] : setting(label, { ...found, value: String(found.value) }, sheet);
}

function overriddenRows({ overrides = [] }: Sourced<unknown>, sheet: ExplainStyle): Row[] {
  return overrides.map(({ value, from }) => ({
    label: "",
    value: `over ${value === "" ? "an empty one" : escapeControls(redactPassword(String(value)))}`,
    place: origin(from, sheet),
    style: { value: sheet.paint.dim },
  }));
}

function faint(value: string, { paint }: ExplainStyle): Row {
  return { label: "", value, style: { value: paint.dim } };
}

function note(value: string): Row {
  return { label: "", value };
}

function ignoredLines(ignored: readonly Ignored[], sheet: ExplainStyle): string[] {
  if (ignored.length === 0) return [];
  const { paint, width } = sheet;
  const rows = ignored.map(({ what, from, why }) => ({
    label: "",
    value: "file" in from ? `${what} (${origin(from, sheet)})` : what,
    place: why,
  }));
  return ["", paint.yellow("ignored"), ...gridLines(rows, width, { place: paint.dim })];
}

/** The program alone: some people write secrets into its arguments. */
function commandText(words: Sourced<readonly string[]>): string {
  const rest = words.value.length - 1;
  return `${escapeControls(program(words).value)}${rest === 0 ? "" : ` with ${rest} argument${rest === 1 ? "" : "s"}`}`;
}

function origin(from: Origin, { home }: ExplainStyle): string {
  return escapeControls(abbreviateHome(shortOrigin(from), home));
}
