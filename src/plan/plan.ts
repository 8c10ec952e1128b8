/**
 * The plan: which source, which roles in turn, and with what settings. It is plain data, made by the pure functions of
 * this folder, and it holds no secret: `explain` prints it, `resolve.ts` carries it out, so what is explained is what
 * happens.
 */
import type { Origin, Sourced } from "../domain/origin.ts";
import type { EndpointVariant } from "./services/service_hosts.ts";

export interface Plan {
  /** The profile whose settings count; without one, only the defaults do. */
  readonly profile: Sourced<string> | undefined;
  /** The region that was configured, if any. */
  readonly region: Sourced<string> | undefined;
  readonly sts: StsSettings;
  readonly services: ServiceSettings;
  readonly source: SourceStep;
  /** What was asked before the source, by the chain's order, and why it holds nothing: a line each. */
  readonly passedOver: readonly string[];
  /** With `--mfa-session`: made of the source's keys; the roles then need no MFA code of their own. */
  readonly mfaSession: MfaSessionStep | undefined;
  /** Assumed in this order, each with the credentials of the one before. */
  readonly roles: readonly AssumeRoleStep[];
  /** What is set and yet has no say in any of this. */
  readonly ignored: readonly Ignored[];
}

/** The part of the plan that the AWS CLI's chain of precedence decides. */
export type Chain = Pick<Plan, "source" | "roles" | "passedOver" | "ignored">;

/** A setting that somebody may have meant to count, and why it does not. Its value is not told: it may be a secret. */
export interface Ignored {
  /** The variable, or the key of a profile. */
  readonly what: string;
  readonly from: Origin;
  /** The end of a sentence that begins with "ignored:". */
  readonly why: string;
}

/** Where the credentials come from at first. `from` is what made this the source. */
export type SourceStep =
  | EnvironmentStep
  | StaticStep
  | WebIdentityStep
  | SsoStep
  | LoginStep
  | ProcessStep
  | ContainerStep
  | Ec2Step;

export interface EnvironmentStep {
  readonly kind: "environment";
  /** As the variable has it: when the keys end. */
  readonly expiration: Sourced<string> | undefined;
  readonly from: Origin;
}

/** Keys that stand in one of the two files. The plan names the place, not the keys. */
export interface StaticStep {
  readonly kind: "static";
  readonly profile: string;
  readonly file: "credentials" | "config";
  readonly from: Origin;
}

/** A role that is assumed with a token out of a file; no credentials are needed for that. */
export interface WebIdentityStep {
  readonly kind: "web-identity";
  readonly tokenFile: Sourced<string>;
  readonly roleArn: Sourced<string>;
  readonly roleSessionName: Sourced<string> | undefined;
  readonly from: Origin;
}

/** A role of IAM Identity Center, for which `aws sso login` has left a token. */
export interface SsoStep {
  readonly kind: "sso";
  readonly profile: string;
  /** None in a legacy profile, which has the start URL itself. */
  readonly session: Sourced<string> | undefined;
  readonly accountId: Sourced<string>;
  readonly roleName: Sourced<string>;
  readonly startUrl: Sourced<string>;
  readonly region: Sourced<string>;
  /** Where the portal, and the service that refreshes tokens, are asked. */
  readonly portalEndpoint: Sourced<string>;
  readonly oidcEndpoint: Sourced<string>;
  readonly from: Origin;
}

/** What `aws login` has left. */
export interface LoginStep {
  readonly kind: "login";
  readonly profile: string;
  readonly session: Sourced<string>;
  /** For the refresh, where the session does not name its own. */
  readonly region: Sourced<string> | undefined;
  /** Where it is refreshed instead of at AWS. */
  readonly endpoint: Sourced<string> | undefined;
  /** Which of AWS's own endpoints it is else. */
  readonly variant: EndpointVariant;
  readonly from: Origin;
}

export interface ProcessStep {
  readonly kind: "process";
  readonly profile: string;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly from: Origin;
}

export interface ContainerStep {
  readonly kind: "container";
  readonly url: string;
  readonly from: Origin;
}

export interface Ec2Step extends Ec2Settings {
  readonly kind: "ec2";
  /** Named by `credential_source`, rather than a guess at the end of the chain. */
  readonly named: boolean;
  readonly from: Origin;
}

export interface Ec2Settings {
  /** The base URL of the instance metadata service. */
  readonly endpoint: Sourced<string>;
  readonly timeoutSeconds: Sourced<number>;
  readonly attempts: Sourced<number>;
  /** Whether IMDSv1 may be used when no token is to be had. */
  readonly v1: Sourced<boolean>;
}

export interface MfaSessionStep {
  readonly serial: Sourced<string>;
  /** A program that prints the MFA code: its words. */
  readonly mfaProcess: Sourced<readonly string[]> | undefined;
  readonly durationSeconds: Sourced<number>;
  readonly from: Origin;
}

export interface AssumeRoleStep {
  readonly kind: "assume-role";
  /** The profile that names the role; none for `--role-arn`. */
  readonly profile: string | undefined;
  readonly roleArn: Sourced<string>;
  /** What named the credentials that it is assumed with, where something did: one of the two. */
  readonly sourceProfile: Sourced<string> | undefined;
  readonly credentialSource: Sourced<string> | undefined;
  readonly roleSessionName: Sourced<string> | undefined;
  readonly externalId: Sourced<string> | undefined;
  readonly durationSeconds: Sourced<number> | undefined;
  readonly mfaSerial: Sourced<string> | undefined;
  /** A program that prints the MFA code: its words. */
  readonly mfaProcess: Sourced<readonly string[]> | undefined;
  readonly session: SessionSettings;
  /** What made this role part of the plan: the same as `roleArn.from`. */
  readonly from: Origin;
}

/** What INI cannot say of a role session. */
export interface SessionSettings {
  /** JSON. */
  readonly policy: Sourced<string> | undefined;
  readonly policyArns: readonly Sourced<string>[];
  readonly tags: readonly Sourced<Tag>[];
  readonly transitiveTagKeys: readonly Sourced<string>[];
  readonly sourceIdentity: Sourced<string> | undefined;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** For STS, IAM Identity Center and the sign-in service alike. */
export interface ServiceSettings {
  /** Of one call, the first included. */
  readonly attempts: Sourced<number>;
  /** A file of certificates to trust in place of the built-in ones. */
  readonly caBundle: Sourced<string> | undefined;
}

export interface StsSettings {
  /** The region that requests are signed for, and whose endpoint is asked unless `endpoint` says otherwise. */
  readonly region: Sourced<string>;
  /** Take the instance's own region in place of `region` where its metadata tells it. */
  readonly regionFromInstance: boolean;
  /** `sts.amazonaws.com` rather than the region's endpoint. */
  readonly global: Sourced<boolean>;
  readonly fips: Sourced<boolean>;
  readonly dualStack: Sourced<boolean>;
  /** Where STS is asked instead of at AWS. */
  readonly endpoint: Sourced<string> | undefined;
}
