/** Random configurations, the same for the same seed. */
import { roleArn } from "../cloud/iam.ts";

export interface RandomSituation {
  readonly config: string;
  readonly credentials: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of `--profile`. */
  readonly profile: string | undefined;
  /** Whether the instance has a role. */
  readonly instanceRole: boolean;
}

/** What a situation is made of: whoever makes it knows the cloud. */
export interface Ingredients {
  /** The two lines of keys of a user. */
  keys(): { readonly id: string; readonly secret: string };
  readonly containerUri: string;
  readonly tokenFile: string;
  /** Programs for credential_process: a good one, one that fails, one that prints nonsense. */
  readonly processes: readonly string[];
}

const NAMES = ["default", "a", "b", "c d", "e"];
const ROLES = ["marketingadminrole", "hub", "deploy", "partner", "closed", "pod"];

/** A small generator of random numbers (mulberry32), good enough to choose with. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeSituation(random: () => number, ingredients: Ingredients): RandomSituation {
  const chance = (likelihood: number) => random() < likelihood;
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  const keyLines = (): string[] => {
    const { id, secret } = ingredients.keys();
    const lines = [`aws_access_key_id = ${id}`, `aws_secret_access_key = ${secret}`];
    return chance(0.85) ? lines : [pick(lines)];
  };
  const profileLines = (): string[] => {
    const lines: string[] = [];
    if (chance(0.4)) lines.push(...keyLines());
    if (chance(0.5)) {
      lines.push(`role_arn = ${roleArn(pick(ROLES))}`);
      if (chance(0.75)) lines.push(`source_profile = ${pick([...NAMES, ...NAMES, "missing"])}`);
      if (chance(0.25)) {
        const sources = ["Environment", "Ec2InstanceMetadata", "EcsContainer", "environment", ""];
        lines.push(`credential_source = ${pick(sources)}`);
      }
      if (chance(0.3)) lines.push(`external_id = ${pick(["partner-42", "1e3"])}`);
      if (chance(0.3)) lines.push(`role_session_name = ${pick(["build-7", "0x10"])}`);
      if (chance(0.2)) lines.push(`duration_seconds = ${pick(["900", "3600"])}`);
    }
    if (chance(0.12))
      lines.push(
        `web_identity_token_file = ${pick([ingredients.tokenFile, ingredients.tokenFile, "/no/such/token", ""])}`,
      );
    if (chance(0.15)) lines.push(`credential_process = ${pick(ingredients.processes)}`);
    if (chance(0.05)) lines.push(`sso_account_id = ${pick(["123456789012", ""])}`);
    if (chance(0.05))
      lines.push("sso_role_name = ReadOnly", "sso_region = eu-west-1", "sso_start_url = https://x.example");
    if (chance(0.05)) lines.push("aws_session_token = stale");
    if (chance(0.2)) lines.push(`region = ${pick(["eu-west-1", "us-east-1"])}`);
    return lines;
  };
  const file = (header: (name: string) => string): string =>
    NAMES.filter(() => chance(0.6))
      .map((name) => [`[${header(name)}]`, ...profileLines(), ""].join("\n"))
      .join("\n");

  const environment: Record<string, string> = { AWS_REGION: pick(["eu-west-1", "eu-central-1"]) };
  const { id, secret } = ingredients.keys();
  if (chance(0.25)) {
    environment.AWS_ACCESS_KEY_ID = id;
    if (chance(0.85)) environment.AWS_SECRET_ACCESS_KEY = secret;
  }
  if (chance(0.15))
    environment.AWS_CONTAINER_CREDENTIALS_FULL_URI = pick([
      ingredients.containerUri,
      ingredients.containerUri,
      "http://evil.example/x",
    ]);
  if (chance(0.12)) environment.AWS_WEB_IDENTITY_TOKEN_FILE = pick([ingredients.tokenFile, "/no/such/token"]);
  if (chance(0.12)) environment.AWS_ROLE_ARN = roleArn("pod");
  if (chance(0.2)) environment.AWS_PROFILE = pick([...NAMES, "missing"]);
  if (chance(0.1)) environment.AWS_DEFAULT_PROFILE = pick([...NAMES, "missing"]);
  if (chance(0.2)) environment.AWS_EC2_METADATA_DISABLED = pick(["true", "TRUE", "false", "yes"]);
  return {
    config: file((name) => (name === "default" ? pick(["default", "profile default"]) : `profile "${name}"`)),
    credentials: file((name) => name),
    environment,
    profile: chance(0.6) ? pick([...NAMES, ...NAMES, "missing"]) : undefined,
    instanceRole: chance(0.7),
  };
}
