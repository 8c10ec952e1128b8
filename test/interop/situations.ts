/** Generates random configurations. The same seed yields the same configurations. */
import { createHash } from "node:crypto";
import { roleArn } from "../cloud/iam.ts";

export interface RandomSituation {
  readonly config: string;
  readonly credentials: string;
  /** Other files by their path below the home: the token caches of `aws sso login` and `aws login`. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** The value of `--profile`. */
  readonly profile: string | undefined;
  /** The value of `--region`. */
  readonly region: string | undefined;
  /** Whether the instance has a role. */
  readonly instanceRole: boolean;
  /** Whether the instance metadata service does not support tokens. */
  readonly onlyImdsV1: boolean;
}

/** The parts of a situation that depend on the simulated cloud. */
export interface Ingredients {
  /** Returns the keys of a user. */
  keys(): { readonly id: string; readonly secret: string };
  readonly containerUri: string;
  readonly tokenFile: string;
  /** Programs for credential_process: some succeed, some fail, and some print invalid output. */
  readonly processes: readonly string[];
  /** The URL of IAM Identity Center and of the sign-in service. */
  readonly signInUrl: string;
  /** The URLs of several STS servers. */
  readonly stsUrls: readonly string[];
  /** The credentials of an `aws login` session. */
  readonly loginKeys: Readonly<Record<string, string>>;
  /** A private key in PEM format. */
  readonly dpopKey: string;
  readonly now: Date;
}

const NAMES = ["default", "a", "b", "c d", "e"];
const ROLES = [
  "marketingadminrole",
  "marketingadminrole",
  "marketingadminrole",
  "hub",
  "deploy",
  "partner",
  "closed",
  "pod",
];
const REGIONS = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "cn-north-1", "us-gov-west-1", "us-iso-east-1"];
const SSO_SESSION = "corp";
const START_URL = "https://x.example/start";
const LOGIN_SESSION = "arn:aws:iam::123456789012:user/person";

/** Returns a random number generator (mulberry32), which is good enough for choices. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Dice {
  chance(likelihood: number): boolean;
  pick<T>(list: readonly T[]): T;
}

function diceOf(random: () => number): Dice {
  return {
    chance: (likelihood) => random() < likelihood,
    pick(list) {
      const item = list[Math.floor(random() * list.length)];
      if (item === undefined) throw new Error("cannot pick from an empty list");
      return item;
    },
  };
}

export function makeSituation(random: () => number, ingredients: Ingredients): RandomSituation {
  const dice = diceOf(random);
  const { chance, pick } = dice;
  const file = (header: (name: string) => string): string =>
    NAMES.filter(() => chance(0.7))
      .map((name) => [`[${header(name)}]`, ...profileLines(dice, ingredients), ""].join("\n"))
      .join("\n");
  const config = file((name) => (name === "default" ? pick(["default", "profile default"]) : `profile "${name}"`));
  return {
    config: `${defaultSection(dice)}${config}\n${ssoSession(dice)}\n${services(dice, ingredients)}`,
    credentials: file((name) => name),
    files: { ...ssoTokens(dice, ingredients), ...loginTokens(dice, ingredients) },
    environment: environment(dice, ingredients),
    profile: chance(0.6) ? pick([...NAMES, ...NAMES, ...NAMES, "missing"]) : undefined,
    region: chance(0.15) ? pick(REGIONS) : undefined,
    instanceRole: chance(0.7),
    onlyImdsV1: chance(0.15),
  };
}

function profileLines({ chance, pick }: Dice, ingredients: Ingredients): string[] {
  const lines: string[] = [];
  if (chance(0.35)) lines.push(...keyLines({ chance, pick }, ingredients));
  if (chance(0.5)) {
    lines.push(`role_arn = ${roleArn(pick(ROLES))}`);
    if (chance(0.75)) lines.push(`source_profile = ${pick([...NAMES, ...NAMES, ...NAMES, "missing"])}`);
    if (chance(0.25)) {
      const sources = ["Environment", "Ec2InstanceMetadata", "EcsContainer", "environment", ""];
      lines.push(`credential_source = ${pick(sources)}`);
    }
    if (chance(0.3)) lines.push(`external_id = ${pick(["partner-42", "1e3", "a:b=c", "x # y"])}`);
    if (chance(0.3))
      lines.push(`role_session_name ${pick(["=", ":", "= "])}${pick(["build-7", "build-7", "0x10", "", "a b"])}`);
    if (chance(0.2)) lines.push(`Duration_Seconds = ${pick(["900", "3600", "3600", "43200", "60"])}`);
  }
  if (chance(0.12)) {
    const files = [ingredients.tokenFile, ingredients.tokenFile, "/no/such/token", ""];
    lines.push(`web_identity_token_file = ${pick(files)}`);
  }
  if (chance(0.18)) lines.push(`credential_process = ${pick(ingredients.processes)}`);
  if (chance(0.12)) lines.push(...ssoLines({ chance, pick }));
  if (chance(0.08)) lines.push(`login_session = ${pick([LOGIN_SESSION, LOGIN_SESSION, "arn:none"])}`);
  if (chance(0.05)) lines.push("aws_session_token = stale");
  if (chance(0.03)) lines.push("aws_security_token =");
  if (chance(0.2)) lines.push(`region = ${pick(REGIONS)}`);
  if (chance(0.1)) lines.push(`endpoint_url = ${pick(ingredients.stsUrls)}`);
  if (chance(0.1)) lines.push(`services = ${pick(["s", "s", "s", "no-such"])}`);
  if (chance(0.05)) lines.push(`ignore_configured_endpoint_urls = ${pick(["true", "false"])}`);
  if (chance(0.05)) lines.push(`use_fips_endpoint = ${pick(["true", "false"])}`);
  if (chance(0.05)) lines.push(`use_dualstack_endpoint = ${pick(["true", "false"])}`);
  if (chance(0.05)) lines.push(`ec2_metadata_v1_disabled = ${pick(["true", "false"])}`);
  if (chance(0.03)) lines.push(`metadata_service_num_attempts = ${pick(["1", "2", "many"])}`);
  return lines;
}

function keyLines({ chance, pick }: Dice, ingredients: Ingredients): string[] {
  const { id, secret } = ingredients.keys();
  const lines = [`aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`];
  return chance(0.85) ? lines : [pick(lines)];
}

function ssoLines({ chance, pick }: Dice): string[] {
  const lines: string[] = [];
  if (chance(0.9)) lines.push(`sso_account_id = ${pick(["123456789012", "123456789012", ""])}`);
  if (chance(0.9)) lines.push(`sso_role_name = ${pick(["ReadOnly", "ReadOnly", "Forbidden"])}`);
  if (chance(0.6)) lines.push(`sso_session = ${pick([SSO_SESSION, SSO_SESSION, "no-such"])}`);
  if (chance(0.4)) lines.push("sso_region = eu-west-1");
  if (chance(0.4)) lines.push(`sso_start_url = ${pick([START_URL, START_URL, "https://y.example"])}`);
  return lines;
}

/** The section whose keys all other sections inherit. */
function defaultSection({ chance, pick }: Dice): string {
  return chance(0.05) ? `[DEFAULT]\n${pick(["region = us-west-2", "external_id = partner-42", "a = b"])}\n` : "";
}

function ssoSession({ chance, pick }: Dice): string {
  if (!chance(0.8)) return "";
  const lines = [`[sso-session ${SSO_SESSION}]`];
  if (chance(0.9)) lines.push(`sso_region = ${pick(["eu-west-1", "eu-west-1", "us-east-1"])}`);
  if (chance(0.9)) lines.push(`sso_start_url = ${START_URL}`);
  return lines.join("\n");
}

function services({ chance, pick }: Dice, { stsUrls }: Ingredients): string {
  if (!chance(0.8)) return "";
  return `[services s]\n${pick(["sts", "sts", "s3"])} =\n  endpoint_url = ${pick(stsUrls)}\n`;
}

/** Tokens that expire soon can be refreshed. */
function ssoTokens({ chance, pick }: Dice, { now }: Ingredients): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of [SSO_SESSION, START_URL]) {
    if (!chance(0.8)) continue;
    const registration = {
      clientId: "c",
      clientSecret: "s",
      registrationExpiresAt: minutesFrom(now, pick([600, 600, -5])),
    };
    const token = {
      accessToken: pick(["good-token", "good-token", "revoked-token"]),
      expiresAt: minutesFrom(now, pick([300, 300, 5, -5])),
      ...(chance(0.8) ? registration : {}),
      ...(chance(0.8) ? { refreshToken: pick(["good-refresh-token", "spent-refresh-token"]) } : {}),
    };
    files[`.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`] = JSON.stringify(token);
  }
  return files;
}

function loginTokens({ chance, pick }: Dice, { now, loginKeys, dpopKey }: Ingredients): Record<string, string> {
  if (!chance(0.8)) return {};
  const token: Record<string, unknown> = {
    accessToken: { ...loginKeys, accountId: "123456789012", expiresAt: minutesFrom(now, pick([300, 300, 3, -5])) },
    refreshToken: pick(["good-refresh-token", "good-refresh-token", "spent-refresh-token"]),
    clientId: "c",
    dpopKey,
    tokenType: "aws_sigv4",
    idToken: "x",
  };
  if (chance(0.2)) delete token[pick(["accessToken", "refreshToken", "clientId", "dpopKey"])];
  const name = createHash("sha256").update(LOGIN_SESSION).digest("hex");
  return { [`.aws/login/cache/${name}.json`]: JSON.stringify(token) };
}

function minutesFrom(now: Date, minutes: number): string {
  return new Date(now.getTime() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
}

function environment({ chance, pick }: Dice, ingredients: Ingredients): Record<string, string> {
  const variables: Record<string, string> = {};
  const maybe = (likelihood: number, name: string, values: readonly string[]) => {
    if (chance(likelihood)) variables[name] = pick(values);
  };
  if (chance(0.25)) {
    const { id, secret } = ingredients.keys();
    variables.AWS_ACCESS_KEY_ID = id;
    if (chance(0.85)) variables.AWS_SECRET_ACCESS_KEY = secret;
    maybe(0.1, "AWS_CREDENTIAL_EXPIRATION", [
      minutesFrom(ingredients.now, 90),
      minutesFrom(ingredients.now, -90),
      "soon",
      "2099-01-02T03:04:05",
    ]);
    maybe(0.1, pick(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"]), ["stale"]);
  }
  maybe(0.7, "AWS_REGION", REGIONS);
  maybe(0.3, "AWS_DEFAULT_REGION", REGIONS);
  const uri = ingredients.containerUri;
  maybe(0.15, "AWS_CONTAINER_CREDENTIALS_FULL_URI", [uri, uri, "http://evil.example/x"]);
  maybe(0.12, "AWS_WEB_IDENTITY_TOKEN_FILE", [ingredients.tokenFile, "/no/such/token"]);
  maybe(0.12, "AWS_ROLE_ARN", [roleArn("pod")]);
  maybe(0.05, "AWS_ROLE_SESSION_NAME", ["my-pod"]);
  maybe(0.2, "AWS_PROFILE", [...NAMES, "missing"]);
  maybe(0.1, "AWS_DEFAULT_PROFILE", [...NAMES, "missing"]);
  maybe(0.2, "AWS_EC2_METADATA_DISABLED", ["true", "TRUE", "false", "yes"]);
  maybe(0.05, "AWS_EC2_METADATA_V1_DISABLED", ["true", "false"]);
  maybe(0.8, "AWS_ENDPOINT_URL_STS", ingredients.stsUrls);
  maybe(0.3, "AWS_ENDPOINT_URL", ingredients.stsUrls);
  for (const service of ["SSO", "SSO_OIDC", "SIGNIN"])
    maybe(0.9, `AWS_ENDPOINT_URL_${service}`, [ingredients.signInUrl]);
  maybe(0.07, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ["true", "TRUE", "false"]);
  maybe(0.05, "AWS_USE_FIPS_ENDPOINT", ["true", "false"]);
  maybe(0.05, "AWS_USE_DUALSTACK_ENDPOINT", ["true", "false"]);
  return variables;
}
