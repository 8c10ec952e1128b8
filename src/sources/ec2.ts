/** The provider for EC2 instance metadata: credentials of the instance's role. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { RAISE_HOP_LIMIT, RUN_PROBE } from "../domain/help_texts.ts";
import { MetadataError } from "../metadata/error.ts";
import { type Imds, type ImdsSettings, openImds } from "../metadata/imds.ts";
import type { Ec2Step } from "../plan/plan.ts";
import type { CredentialProvider } from "./credential_provider.ts";

/** botocore extends credentials that expire within 15 minutes by 15 minutes plus a random 2 to 10 minutes. */
const EXTENSION_SECONDS = 15 * 60;
const EXTENSION_JITTER_SECONDS = { min: 2 * 60, max: 10 * 60 };

/** Limits for a configured source, which can be slow while the instance boots. */
const CONFIGURED_SOURCE = { connectMs: 1000, responseMs: 5000, attempts: 5 };
/** For every source: a service that is busy exists, so that another attempt can succeed. */
const ATTEMPTS_WHILE_BUSY = 5;

/** Sends no request before one of the functions is called. Both use the same IMDSv2 token. */
export function ec2Provider(step: Ec2Step, effects: Effects): CredentialProvider {
  const imds = openImds(imdsSettings(step), effects);
  return {
    credentials: () => roleCredentials(imds, step, effects),
    region: async () => {
      try {
        return (await imds.region()) || undefined;
      } catch (error) {
        if (!(error instanceof MetadataError)) throw error;
        effects.trace(`could not get the instance's region: ${error.message}`);
        return undefined;
      }
    },
  };
}

/**
 * The AWS CLI makes one attempt with a timeout of one second. So does rolecall at the end of the chain. A configured
 * source gets more time and attempts, unless the settings limit them. A busy service gets at least five attempts in any
 * case.
 */
function imdsSettings({ endpoint, timeoutSeconds, attempts, v1, named }: Ec2Step): ImdsSettings {
  const timeoutMs = timeoutSeconds.value * 1000;
  const extendTimeout = named && "default" in timeoutSeconds.from;
  const extendAttempts = named && "default" in attempts.from;
  return {
    endpoint: endpoint.value,
    connectMs: extendTimeout ? CONFIGURED_SOURCE.connectMs : timeoutMs,
    responseMs: extendTimeout ? CONFIGURED_SOURCE.responseMs : timeoutMs,
    attempts: attempts.value,
    attemptsAfterResponse: extendAttempts ? CONFIGURED_SOURCE.attempts : attempts.value,
    attemptsWhileBusy: ATTEMPTS_WHILE_BUSY,
    v1: v1.value,
  };
}

async function roleCredentials(imds: Imds, step: Ec2Step, effects: Effects): Promise<Credentials> {
  try {
    const credentials = await imds.credentials();
    effects.trace(`IMDS: credentials of the role ${credentials.roleName}`);
    return extendExpiration(credentials, effects);
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    throw toRolecallError(error, step);
  }
}

/**
 * Extends credentials that have expired or are about to, as botocore does. If the metadata service returns such
 * credentials, it has no newer ones yet, and AWS accepts them in the meantime ("static stability").
 */
function extendExpiration(credentials: Credentials, effects: Effects): Credentials {
  const now = effects.now().getTime();
  const { min, max } = EXTENSION_JITTER_SECONDS;
  const extensionMs = (EXTENSION_SECONDS + min + Math.random() * (max - min)) * 1000;
  if (credentials.expiration === undefined || credentials.expiration.getTime() - now > extensionMs) return credentials;
  const expiration = new Date(Math.floor((now + extensionMs) / 1000) * 1000);
  const [expires, until] = [credentials.expiration, expiration].map((time) => time.toISOString());
  effects.trace(`IMDS: the credentials expire at ${expires}, but there are no newer ones; using them until ${until}`);
  return { ...credentials, expiration };
}

function toRolecallError(error: MetadataError, step: Ec2Step): RolecallError {
  if (error.reason === "v1-forbidden") {
    return new RolecallError("ec2-metadata-v1-disabled", error.message, {
      at: step.v1.from,
      cause: error,
      help: [RAISE_HOP_LIMIT],
    });
  }
  if (!step.named) {
    return new RolecallError("no-credentials", "no credentials found", {
      cause: error,
      // If nothing responds, this is probably not an EC2 instance.
      isTemporary: error.isTemporary && error.reason !== "unreachable",
      tried: [`EC2 metadata: ${error.message}`],
      help: [...(error.reason === "token-missing" ? [RAISE_HOP_LIMIT] : []), RUN_PROBE],
    });
  }
  const code =
    error.reason === "unreachable" || error.reason === "no-role" ? "credential-source-empty" : "ec2-metadata-failed";
  return new RolecallError(code, `the credential source Ec2InstanceMetadata has no credentials: ${error.message}`, {
    at: step.from,
    length: "file" in step.from ? "Ec2InstanceMetadata".length : undefined,
    cause: error,
    isTemporary: error.isTemporary,
    help: HELP[error.reason] ?? [],
  });
}

const HELP: Readonly<Partial<Record<MetadataError["reason"], readonly string[]>>> = {
  unreachable: ["check that this is an EC2 instance, that its metadata is enabled and that no firewall blocks it"],
  "no-response": [RAISE_HOP_LIMIT],
  "token-missing": [RAISE_HOP_LIMIT],
  "no-role": ["attach an instance profile to the instance"],
};
