/** The IAM of the simulated cloud: users, roles with their trust policies, MFA devices and sessions. */
import { randomBytes } from "node:crypto";

export const ACCOUNT = "123456789012";

/** A user or a session: an identity that can sign requests. */
export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  readonly arn: string;
  readonly userId: string;
  /** The role of a role session. */
  readonly roleArn?: string | undefined;
  /** Whether the session was created with an MFA code. */
  readonly mfa?: boolean | undefined;
  /** Whether the role was assumed with a role's credentials. */
  readonly chained?: boolean | undefined;
}

export interface Role {
  readonly name: string;
  /** The ARNs of users and roles that may assume the role; `*` is every principal of the account. */
  readonly trusts: readonly string[];
  readonly externalId?: string;
  readonly mfa?: boolean;
  /** The web identity token that the role accepts. */
  readonly webIdentityToken?: string;
  /** Seconds. */
  readonly maxDuration?: number;
}

export interface MfaDevice {
  readonly serial: string;
  readonly user: string;
  /** Each is valid for one request. */
  readonly codes: readonly string[];
}

export interface Iam {
  readonly users: ReadonlyMap<string, Principal>;
  role(arn: string): Role | undefined;
  principal(accessKeyId: string): Principal | undefined;
  /** @param seconds the duration of the session. */
  startSession(session: Pick<Principal, "arn" | "userId" | "roleArn" | "mfa" | "chained">, seconds: number): Principal;
  /** @returns whether the code is valid. A valid code is used up. */
  useMfaCode(serial: string, code: string): boolean;
}

export function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

export function userArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:user/${name}`;
}

export function mfaArn(user: string): string {
  return `arn:aws:iam::${ACCOUNT}:mfa/${user}`;
}

/** The users of the tests and of the demo. */
const USERS = ["user1", "user2"];

const ROLES: readonly Role[] = [
  { name: "marketingadminrole", trusts: ["*"] },
  { name: "hub", trusts: [userArn("user1")] },
  { name: "deploy", trusts: [roleArn("hub")] },
  { name: "partner", trusts: ["*"], externalId: "partner-42" },
  { name: "numeric-partner", trusts: ["*"], externalId: "1e3" },
  { name: "guarded", trusts: ["*"], mfa: true },
  { name: "guarded-deploy", trusts: ["*"], mfa: true },
  { name: "long", trusts: ["*"], maxDuration: 43_200 },
  { name: "closed", trusts: [] },
  { name: "instance", trusts: [] },
  { name: "task", trusts: [] },
  { name: "pod", trusts: [], webIdentityToken: "header.web-identity.signature" },
];

export function makeIam(): Iam {
  const users = new Map(
    USERS.map((name): [string, Principal] => [
      name,
      {
        accessKeyId: `AKIA${name.toUpperCase()}EXAMPLE`,
        secretAccessKey: `secret/of+${name}/${"x".repeat(40 - 11 - name.length)}=`,
        arn: userArn(name),
        userId: `AIDA${name.toUpperCase()}`,
      },
    ]),
  );
  const sessions = new Map<string, Principal>();
  const usedCodes = new Set<string>();
  // Some codes begin with 0, which is lost if a code is read as a number.
  const devices: readonly MfaDevice[] = USERS.map((user) => ({
    serial: mfaArn(user),
    user,
    codes: ["012345", "123456", "654321", "000001"],
  }));
  return {
    users,
    role: (arn) => ROLES.find((role) => roleArn(role.name) === arn),
    principal: (accessKeyId) =>
      sessions.get(accessKeyId) ?? [...users.values()].find((user) => user.accessKeyId === accessKeyId),
    startSession(session, seconds) {
      const principal: Principal = {
        ...session,
        accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        sessionToken: randomBytes(120).toString("base64"),
        expiration: new Date(Math.floor(Date.now() / 1000) * 1000 + seconds * 1000),
      };
      sessions.set(principal.accessKeyId, principal);
      return principal;
    },
    useMfaCode(serial, code) {
      const device = devices.find((candidate) => candidate.serial === serial);
      if (device === undefined || !device.codes.includes(code) || usedCodes.has(`${serial} ${code}`)) return false;
      usedCodes.add(`${serial} ${code}`);
      return true;
    },
  };
}

/** Starts a role session as AWS services do for instances and containers. */
export function startServiceSession(iam: Iam, role: string, session: string, seconds: number): Principal {
  return iam.startSession(assumed(role, session), seconds);
}

export function assumed(role: string, session: string): Pick<Principal, "arn" | "userId" | "roleArn"> {
  return {
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
    userId: `AROA${role.toUpperCase()}:${session}`,
    roleArn: roleArn(role),
  };
}
