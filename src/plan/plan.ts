/**
 * The plan: the source of the credentials, the roles to assume in order, and their settings. It is plain data without
 * secrets, made by the pure functions of this folder. `explain` prints the same plan that `resolve.ts` carries out.
 */
import type { Origin, Sourced } from "../domain/origin.ts";
import type { EndpointVariant } from "./services/service_hosts.ts";

export interface Plan {
  /** The chosen profile. Undefined if `default` is chosen and neither file defines it. */
  readonly profile: Sourced<string> | undefined;
  /** The configured region. Undefined if none is. */
  readonly region: Sourced<string> | undefined;
  readonly sts: StsSettings;
  readonly services: ServiceSettings;
  readonly source: SourceStep;
  /** Why each of the sources that the chain tries first has no credentials: a line each, in the chain's order. */
  readonly passedOver: readonly string[];
  /** With `--mfa-session`: a session made with the source's keys, so that the roles need no MFA code of their own. */
  readonly mfaSession: MfaSessionStep | undefined;
  /** The roles in order, each assumed with the credentials of the one before. */
  readonly roles: readonly AssumeRoleStep[];
  /** The settings that are present but have no effect on this plan. */
  readonly ignored: readonly Ignored[];
}

/** The part of the plan that the AWS CLI's credential chain decides. */
export type Chain = Pick<Plan, "source" | "roles" | "passedOver" | "ignored">;

/** A setting that has no effect, and why. Its value is left out, because it may be a secret. */
export interface Ignored {
  /** The variable, or the key of a profile. */
  readonly what: string;
  readonly from: Origin;
  /** Completes "ignored: …". */
  readonly why: string;
}

/** Where the first credentials come from. `from` is the setting that selected this source. */
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
  /** The value of AWS_CREDENTIAL_EXPIRATION, unparsed. */
  readonly expiration: Sourced<string> | undefined;
  readonly from: Origin;
}

/** Keys in one of the two files. The plan has their position, not the keys themselves. */
export interface StaticStep {
  readonly kind: "static";
  readonly profile: string;
  readonly file: "credentials" | "config";
  readonly from: Origin;
}

/** A role that is assumed with the token in a file, without credentials. */
export interface WebIdentityStep {
  readonly kind: "web-identity";
  readonly tokenFile: Sourced<string>;
  readonly roleArn: Sourced<string>;
  readonly roleSessionName: Sourced<string> | undefined;
  readonly from: Origin;
}

/** A role in IAM Identity Center, whose credentials are fetched with the token that `aws sso login` stored. */
export interface SsoStep {
  readonly kind: "sso";
  readonly profile: string;
  /** Undefined in a legacy profile, which contains the start URL itself. */
  readonly session: Sourced<string> | undefined;
  readonly accountId: Sourced<string>;
  readonly roleName: Sourced<string>;
  readonly startUrl: Sourced<string>;
  readonly region: Sourced<string>;
  /** The endpoints of the access portal, and of the OIDC service that refreshes tokens. */
  readonly portalEndpoint: Sourced<string>;
  readonly oidcEndpoint: Sourced<string>;
  readonly from: Origin;
}

/** The session that `aws login` stored. */
export interface LoginStep {
  readonly kind: "login";
  readonly profile: string;
  readonly session: Sourced<string>;
  /** Used to refresh the session if the session itself has no region. */
  readonly region: Sourced<string> | undefined;
  /** A configured endpoint of the sign-in service. */
  readonly endpoint: Sourced<string> | undefined;
  /** The variant of AWS's own endpoint, used if no endpoint is configured. */
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
  /** Whether `credential_source` names it. Otherwise it is the last resort of the chain, and may not exist. */
  readonly named: boolean;
  readonly from: Origin;
}

export interface Ec2Settings {
  /** The base URL of the instance metadata service. */
  readonly endpoint: Sourced<string>;
  readonly timeoutSeconds: Sourced<number>;
  readonly attempts: Sourced<number>;
  /** Whether IMDSv1 may be used if no IMDSv2 token can be fetched. */
  readonly v1: Sourced<boolean>;
}

export interface MfaSessionStep {
  readonly serial: Sourced<string>;
  /** The argv of a program that prints the MFA code. */
  readonly mfaProcess: Sourced<readonly string[]> | undefined;
  readonly durationSeconds: Sourced<number>;
  readonly from: Origin;
}

export interface AssumeRoleStep {
  readonly kind: "assume-role";
  /** The profile that has the role; undefined for `--role-arn`. */
  readonly profile: string | undefined;
  readonly roleArn: Sourced<string>;
  /** The setting that names the credentials to assume it with: at most one of the two is set. */
  readonly sourceProfile: Sourced<string> | undefined;
  readonly credentialSource: Sourced<string> | undefined;
  readonly roleSessionName: Sourced<string> | undefined;
  readonly externalId: Sourced<string> | undefined;
  readonly durationSeconds: Sourced<number> | undefined;
  readonly mfaSerial: Sourced<string> | undefined;
  /** The argv of a program that prints the MFA code. */
  readonly mfaProcess: Sourced<readonly string[]> | undefined;
  readonly session: SessionSettings;
  /** The setting that adds this role to the plan: the same as `roleArn.from`. */
  readonly from: Origin;
}

/** The settings of a role session that the AWS files cannot express. */
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

/** Settings for calls of STS, IAM Identity Center and the sign-in service. */
export interface ServiceSettings {
  /** The maximum number of attempts for one call, including the first. */
  readonly attempts: Sourced<number>;
  /** A file of CA certificates to trust instead of the built-in ones. */
  readonly caBundle: Sourced<string> | undefined;
}

export interface StsSettings {
  /** The region that requests are signed for. Its endpoint is used, unless `endpoint` is set. */
  readonly region: Sourced<string>;
  /** Whether the instance's own region is used instead of `region`, if its metadata has one. */
  readonly regionFromInstance: boolean;
  /** Whether the global endpoint, `sts.amazonaws.com`, is used instead of the region's. */
  readonly global: Sourced<boolean>;
  readonly fips: Sourced<boolean>;
  readonly dualStack: Sourced<boolean>;
  /** A configured endpoint of STS. */
  readonly endpoint: Sourced<string> | undefined;
}
