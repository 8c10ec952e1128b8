/** `explain` for a person: the plan at a glance, each value with where it comes from. */
import { formatDuration, formatExactly } from "../duration.ts";
import type { CacheForecast, SourceForecast, StepForecast, TokenForecast } from "../forecast.ts";
import { type Origin, type Sourced, shortOrigin } from "../origin.ts";
import type { AssumeRoleStep, Ignored, MfaSessionStep, Plan } from "../plan/plan.ts";
import type { MfaAnswerer } from "../sts/mfa.ts";
import { parseTimestamp } from "../timestamp.ts";
import { shown } from "./error.ts";
import { type Explanation, program, withoutPassword } from "./explanation.ts";
import { gridLines, type Row } from "./grid.ts";
import type { Paint } from "./paint.ts";
import { withTilde } from "./tilde.ts";

export interface Screen {
  readonly paint: Paint;
  /** In characters. */
  readonly width: number;
  /** The user's home folder, which is shown as `~`. */
  readonly home: string;
  readonly now: Date;
}

export function renderExplanation(explanation: Explanation, screen: Screen): string {
  const { plan, forecast } = explanation;
  const steps: readonly (readonly Row[])[] = [
    stepRows(sourceRows(plan, forecast.source, screen), forecast.source, screen),
    ...(plan.mfaSession && forecast.mfaSession
      ? [stepRows(mfaSessionRows(plan.mfaSession, forecast.mfaSession, screen), forecast.mfaSession, screen)]
      : []),
    ...plan.roles.flatMap((role, index) => {
      const step = forecast.roles[index];
      return step === undefined
        ? []
        : [stepRows(roleRows(role, plan.mfaSession !== undefined, step, screen), step, screen)];
    }),
  ];
  const numbered = steps.flatMap((rows, index) =>
    rows.map((row, line) => ({ ...row, label: `${line === 0 ? index + 1 : " "} ${row.label}` })),
  );
  const blank: Row = { label: "", value: "" };
  // One grid for both, so that all values stand in one column.
  const rows = [...headRows(explanation, screen), blank, ...numbered];
  const lines = gridLines(rows, screen.width, { place: screen.paint.dim });
  return `${[...lines, ...ignoredLines(plan.ignored, screen)].join("\n")}\n`;
}

function headRows(explanation: Explanation, screen: Screen): Row[] {
  const { plan, profileName, sts, proxy, minTtl } = explanation;
  const { attempts, caBundle } = plan.services;
  return [
    ...setting("profile", profileName, screen, plan.profile === undefined ? " (not defined)" : ""),
    ...(plan.region === undefined
      ? [{ label: "region", value: "none is configured" }]
      : setting("region", plan.region, screen)),
    {
      label: "STS",
      value: shown(withoutPassword(sts.url ?? (plan.sts.regionFromInstance ? "in the instance's region" : "none"))),
      // The region's place stands above.
      place:
        "default" in sts.from || sts.from === plan.region?.from
          ? sts.reason
          : `${sts.reason} (${origin(sts.from, screen)})`,
    },
    ...overRows({ value: "", from: sts.from, ...(sts.over === undefined ? {} : { over: sts.over }) }, screen),
    ...(sts.signingRegion === undefined ||
    sts.url?.includes(sts.signingRegion) ||
    sts.signingRegion === plan.region?.value
      ? []
      : [{ label: "", value: `signed for ${sts.signingRegion}` }]),
    ...setting("proxy", proxy, screen),
    ...setting("CA bundle", caBundle, screen),
    ...configured("attempts", attempts, screen),
    ...configured("min-ttl", { ...minTtl, value: formatExactly(minTtl.value) }, screen),
    ...promptRows(explanation),
  ];
}

/** Whether anybody will be asked; nothing where there is nothing to ask for. */
function promptRows({ plan, forecast }: Explanation): Row[] {
  if (plan.mfaSession === undefined && plan.roles.every(({ mfaSerial }) => mfaSerial === undefined)) return [];
  const answerers = [forecast.mfaSession, ...forecast.roles].map((step) => step?.mfa);
  const questions = answerers.filter((answerer) => answerer === "person").length;
  const value = answerers.includes("nobody")
    ? "forbidden by --no-input, though a code is needed: it will fail"
    : questions === 0
      ? "none"
      : `for ${questions} MFA code${questions === 1 ? "" : "s"}`;
  return [{ label: "prompt", value }];
}

/** The rows of a step: its first one stands out, and all are faint where nobody looks at it. */
function stepRows(rows: readonly Row[], { isNeeded }: StepForecast, { paint }: Screen): Row[] {
  if (!isNeeded) {
    const style = { label: paint.dim, value: paint.dim };
    const idle: Row = { label: "", value: "not asked: a session after it is cached" };
    return [...rows, idle].map((row) => ({ ...row, style }));
  }
  return rows.map((row, index) => (index === 0 ? { ...row, style: { label: paint.blue, value: paint.bold } } : row));
}

function sourceRows({ source, passedOver }: Plan, forecast: SourceForecast, screen: Screen): Row[] {
  const place = origin(source.from, screen);
  const cache = cacheRows(forecast.cache, screen);
  switch (source.kind) {
    case "environment":
      return [
        { label: "keys", value: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", place },
        ...expirationRows(source.expiration, screen),
      ];
    case "static":
      return [{ label: "keys", value: `of the profile ${shown(source.profile)}`, place }];
    case "process":
      return [{ label: "process", value: commandText({ value: source.words, from: source.from }), place }];
    case "container":
      return [{ label: "container", value: shown(withoutPassword(source.url)), place }];
    case "web-identity":
      return [
        ...setting("web identity", source.roleArn, screen),
        ...setting("token file", source.tokenFile, screen),
        ...setting("session name", source.roleSessionName, screen),
        ...cache,
      ];
    case "sso":
      return [
        ...setting("SSO role", source.roleName, screen),
        ...setting("account", source.accountId, screen),
        ...setting("session", source.session, screen),
        ...setting("start URL", source.startUrl, screen),
        ...setting("SSO region", source.region, screen),
        ...configured("portal", source.portalEndpoint, screen),
        ...configured("token service", source.oidcEndpoint, screen),
        ...tokenRows(forecast.token, screen),
        ...cache,
      ];
    case "login":
      return [
        ...setting("login", source.session, screen),
        ...setting("endpoint", source.endpoint, screen),
        ...tokenRows(forecast.token, screen),
      ];
    case "ec2":
      return [
        { label: "EC2 metadata", value: source.named ? "of this instance" : "if this is an instance", place },
        ...configured("endpoint", source.endpoint, screen),
        ...configured("time-out", { ...source.timeoutSeconds, value: `${source.timeoutSeconds.value} s` }, screen),
        ...configured("attempts", source.attempts, screen),
        ...(source.v1.value ? [] : setting("IMDSv1", { ...source.v1, value: "never" }, screen)),
        ...passedOver.map((line) => faint(shown(shortened(line, screen)), screen)),
      ];
  }
}

function expirationRows(found: Sourced<string> | undefined, screen: Screen): Row[] {
  const until = found && parseTimestamp(found.value);
  if (found === undefined || until === undefined) return setting("end", found, screen);
  const value = until <= screen.now ? `they ended: ${untilText(until, screen)}` : untilText(until, screen);
  return setting("end", { ...found, value }, screen);
}

function mfaSessionRows(step: MfaSessionStep, forecast: StepForecast, screen: Screen): Row[] {
  return [
    ...setting("MFA session", step.serial, screen),
    ...mfaRows(forecast.mfa, step.mfaProcess, screen),
    ...configured("lasts", { ...step.durationSeconds, value: formatExactly(step.durationSeconds.value) }, screen),
    ...(forecast.cache === undefined && forecast.isNeeded
      ? [{ label: "cache", value: "cannot be told before the source is asked" }]
      : cacheRows(forecast.cache, screen)),
  ];
}

function roleRows(step: AssumeRoleStep, hasMfaSession: boolean, { cache, mfa }: StepForecast, screen: Screen): Row[] {
  const { durationSeconds: lasts, session } = step;
  const policy = session.policy && {
    ...session.policy,
    value: `a policy of ${session.policy.value.length} characters`,
  };
  return [
    ...setting("role", step.roleArn, screen),
    ...setting(
      "source",
      step.sourceProfile && { ...step.sourceProfile, value: `profile ${step.sourceProfile.value}` },
      screen,
    ),
    ...setting("source", step.credentialSource, screen),
    ...setting("external id", step.externalId, screen),
    ...setting("session name", step.roleSessionName, screen),
    ...(lasts === undefined ? [] : setting("lasts", { ...lasts, value: formatExactly(lasts.value) }, screen)),
    ...setting("identity", session.sourceIdentity, screen),
    ...session.tags.flatMap(({ value: { key, value }, from }) =>
      setting("tag", { value: `${key}=${value}`, from }, screen),
    ),
    ...session.transitiveTagKeys.flatMap((key) => setting("transitive", key, screen)),
    ...session.policyArns.flatMap((arn) => setting("policy", arn, screen)),
    ...(policy === undefined ? [] : setting("policy", policy, screen)),
    ...setting("MFA", step.mfaSerial, screen),
    ...(hasMfaSession && step.mfaSerial !== undefined ? [note("the MFA session has shown the code")] : []),
    ...mfaRows(mfa, step.mfaProcess, screen),
    ...cacheRows(cache, screen),
  ];
}

function mfaRows(
  answerer: MfaAnswerer | undefined,
  process: Sourced<readonly string[]> | undefined,
  screen: Screen,
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
            { label: "", value: `the code is that of ${commandText(process)}`, place: origin(process.from, screen) },
            ...overRows(program(process), screen),
          ];
  }
}

function cacheRows(cache: CacheForecast | undefined, screen: Screen): Row[] {
  if (cache === undefined) return [];
  const { state, until, file } = cache;
  const end = untilText(until, screen);
  const value = {
    hit: `a session until ${end}`,
    "ends-soon": `a session that ends too soon: ${end}`,
    expired: `a session that ended: ${end}`,
    miss: "nothing",
    off: "not used: --no-cache",
  }[state];
  return [{ label: "cache", value, place: foundFile(file, until, screen) }];
}

function tokenRows(token: TokenForecast | undefined, screen: Screen): Row[] {
  if (token === undefined) return [];
  const { state, until, file, command } = token;
  const end = untilText(until, screen);
  const value = {
    valid: `until ${end}`,
    refreshable: `it is refreshed first: ${end}`,
    expired: `it ended: ${end}`,
    missing: "none",
  }[state];
  const isLoginNeeded = state === "missing" || state === "expired";
  return [
    { label: "token", value, place: foundFile(file, until, screen) },
    ...(isLoginNeeded ? [note(shown(`run: ${command}`))] : []),
  ];
}

/** `2026-01-02T03:04Z (45 min left)`, without the rest where nothing is left. */
function untilText(until: Date | undefined, { now }: Screen): string {
  if (until === undefined) return "";
  const minutes = Math.floor((until.getTime() - now.getTime()) / 60_000);
  const left = minutes < 0 ? "" : ` (${minutes === 0 ? "less than 1 min" : formatDuration(minutes * 60)} left)`;
  return `${until.toISOString().replace(/:\d\d\.\d+Z$/, "Z")}${left}`;
}

/** Only a file that is there is worth looking at. */
function foundFile(file: string | undefined, until: Date | undefined, screen: Screen): string | undefined {
  return until === undefined || file === undefined ? undefined : shown(withTilde(file, screen.home));
}

/** A setting with what it won against below it; nothing where it is not set. */
function setting(label: string, found: Sourced<string> | undefined, screen: Screen, suffix = ""): Row[] {
  if (found === undefined) return [];
  const value = shown(withoutPassword(found.value)) + suffix;
  return [{ label, value, place: origin(found.from, screen) }, ...overRows(found, screen)];
}

/** As `setting`, where somebody configured it. */
function configured(label: string, found: Sourced<string | number>, screen: Screen): Row[] {
  return "default" in found.from ? [] : setting(label, { ...found, value: String(found.value) }, screen);
}

function overRows({ over = [] }: Sourced<unknown>, screen: Screen): Row[] {
  return over.map(({ value, from }) => ({
    label: "",
    value: `over ${value === "" ? "an empty one" : shown(withoutPassword(String(value)))}`,
    place: origin(from, screen),
    style: { value: screen.paint.dim },
  }));
}

function faint(value: string, { paint }: Screen): Row {
  return { label: "", value, style: { value: paint.dim } };
}

function note(value: string): Row {
  return { label: "", value };
}

function ignoredLines(ignored: readonly Ignored[], screen: Screen): string[] {
  if (ignored.length === 0) return [];
  const { paint, width } = screen;
  const rows = ignored.map(({ what, from, why }) => ({
    label: "",
    value: "file" in from ? `${what} (${origin(from, screen)})` : what,
    place: why,
  }));
  return ["", paint.yellow("ignored"), ...gridLines(rows, width, { place: paint.dim })];
}

/** The program alone: some people write secrets into its arguments. */
function commandText(words: Sourced<readonly string[]>): string {
  const rest = words.value.length - 1;
  return `${shown(program(words).value)}${rest === 0 ? "" : ` with ${rest} argument${rest === 1 ? "" : "s"}`}`;
}

function origin(from: Origin, { home }: Screen): string {
  return shown(withTilde(shortOrigin(from), home));
}

/** Every path in a sentence. */
function shortened(text: string, { home }: Screen): string {
  return text.replaceAll(`${home}/`, "~/");
}
