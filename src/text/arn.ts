/** Amazon Resource Names: `arn:partition:service:region:account-id:resource`. */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for global services such as IAM. */
  readonly region: string;
  /** Empty for resources that have no account, such as S3 buckets. */
  readonly accountId: string;
  /** Everything after the account: `role/path/name`. May contain colons. */
  readonly resource: string;
}

/**
 * Splits an ARN into its parts, without checking what they contain. The format is that of "Amazon Resource Names
 * (ARNs)" in the IAM user guide.
 *
 * @returns undefined if the text is not an ARN.
 */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, partition = "", service = "", region = "", accountId = "", resource = ""] = match;
  return { partition, service, region, accountId, resource };
}

/** The account id in an ARN; undefined if the text is not an ARN, or the ARN has no account. */
export function accountIdOf(arn: string | undefined): string | undefined {
  return parseArn(arn ?? "")?.accountId || undefined;
}

/** The last part of the resource: `deploy` for `arn:aws:iam::123456789012:role/ci/deploy`. */
export function resourceName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** Whether the text is the ARN of an IAM role, with a plausible partition and an account id of twelve digits. */
export function isRoleArn(text: string): boolean {
  return isAccountIamArn(text, /^role\/[\w+=,.@/-]+$/);
}

/**
 * Whether STS, or a service with the same API, may accept the text as a role. Unlike `isRoleArn`, this allows what is
 * valid elsewhere: roles without an account (Ceph) or of another partition, and all characters that a path can have.
 */
export function isAssumableArn(text: string): boolean {
  const arn = parseArn(text);
  return (
    arn !== undefined &&
    isIam(arn) &&
    /^([0-9]{12})?$/.test(arn.accountId) &&
    /^role\/[\x21-\x7e]*[\w+=,.@-]$/.test(arn.resource)
  );
}

/** Whether the text is the ARN of a security key, which needs a browser and has no codes to type. */
export function isSecurityKeyArn(text: string): boolean {
  return isAccountIamArn(text, /^u2f\/./);
}

/** Whether the text is the ARN of a virtual MFA device, checked as in `isRoleArn`. */
export function isMfaDeviceArn(text: string): boolean {
  return isAccountIamArn(text, /^mfa\/[\w+=,.@/-]+$/);
}

/** Whether the text is the ARN of an IAM policy: a customer's, or one of AWS's own (with `aws` as the account). */
export function isPolicyArn(text: string): boolean {
  const arn = parseArn(text);
  return arn !== undefined && isIam(arn) && arn.accountId !== "" && /^policy\/./.test(arn.resource);
}

function isAccountIamArn(text: string, resource: RegExp): boolean {
  const arn = parseArn(text);
  return (
    arn !== undefined &&
    isIam(arn) &&
    /^aws(?:-[a-z]+)*$/.test(arn.partition) &&
    /^[0-9]{12}$/.test(arn.accountId) &&
    resource.test(arn.resource)
  );
}

/** IAM is global: its ARNs have no region. */
function isIam({ partition, service, region }: Arn): boolean {
  return partition !== "" && service === "iam" && region === "";
}
