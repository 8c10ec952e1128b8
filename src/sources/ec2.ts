/** Credentials of the role of an EC2 instance. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { RAISE_HOP_LIMIT, RUN_PROBE } from "../domain/help_texts.ts";
import { MetadataError } from "../metadata/error.ts";
import { type Imds, type ImdsSettings, openImds } from "../metadata/imds.ts";
import type { Ec2Step } from "../plan/plan.ts";
import type { CredentialProvider } from "./credential_provider.ts";

/** Seconds of life below which the AWS CLI prolongs what the metadata gave, and how many random ones it adds. */
const PROLONG_BELOW = 15 * 60;
const PROLONG_JITTER = { least: 2 * 60, most: 10 * 60 };

/** How long, in milliseconds, and how often a metadata service that was named is waited for while the instance boots. */
const PATIENCE = { connectMs: 1000, answerMs: 5000, attempts: 4 };

/** Asks nothing before one of its functions is called; both share one session with the metadata service. */
export function ec2Provider(step: Ec2Step, effects: Effects): CredentialProvider {
  const imds = openImds(imdsSettings(step), effects);
  return {
    credentials: () => roleCredentials(imds, step, effects),
    region: async () => {
      try {
        return (await imds.region()) || undefined;
      } catch (error) {
        if (!(error instanceof MetadataError)) throw error;
        effects.trace(`the instance's region is not known: ${error.message}`);
        return undefined;
      }
    },
  };
}

/**
 * The AWS CLI waits one second, once. A source that somebody named is there, if slow, so it gets patience where no
 * setting says otherwise; a guess at the end of the chain gets none.
 */
function imdsSettings({ endpoint, timeoutSeconds, attempts, v1, named }: Ec2Step): ImdsSettings {
  const given = timeoutSeconds.value * 1000;
  const patient = named && "default" in timeoutSeconds.from;
  const persistent = named && "default" in attempts.from;
  return {
    endpoint: endpoint.value,
    connectMs: patient ? PATIENCE.connectMs : given,
    responseMs: patient ? PATIENCE.answerMs : given,
    attempts: attempts.value,
    attemptsAfterResponse: persistent ? PATIENCE.attempts : attempts.value,
    v1: v1.value,
  };
}

async function roleCredentials(imds: Imds, step: Ec2Step, effects: Effects): Promise<Credentials> {
  try {
    const credentials = await imds.credentials();
    effects.trace(`IMDS: credentials of the role ${credentials.roleName}`);
    return prolonged(credentials, effects);
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    throw explained(error, step);
  }
}

/**
 * Credentials near their end, or past it, are used all the same: when the metadata service hands them out, it has none
 * newer yet, and AWS keeps such credentials working meanwhile ("static stability").
 */
function prolonged(credentials: Credentials, effects: Effects): Credentials {
  const now = effects.now().getTime();
  const { least, most } = PROLONG_JITTER;
  const window = (PROLONG_BELOW + least + Math.random() * (most - least)) * 1000;
  if (credentials.expiration === undefined || credentials.expiration.getTime() - now > window) return credentials;
  const expiration = new Date(Math.floor((now + window) / 1000) * 1000);
  effects.trace(
    `IMDS: the credentials expire at ${credentials.expiration.toISOString()}; the metadata has none newer, so they are used until ${expiration.toISOString()}`,
  );
  return { ...credentials, expiration };
}

function explained(failure: MetadataError, step: Ec2Step): RolecallError {
  if (failure.reason === "v1-forbidden") {
    return new RolecallError("ec2-metadata-v1-disabled", failure.message, {
      at: step.v1.from,
      cause: failure,
      help: [RAISE_HOP_LIMIT],
    });
  }
  if (!step.named) {
    return new RolecallError("no-credentials", "no credentials found", {
      cause: failure,
      tried: [`EC2 metadata: ${failure.message}`],
      help: [...(failure.reason === "token-missing" ? [RAISE_HOP_LIMIT] : []), RUN_PROBE],
    });
  }
  const code =
    failure.reason === "unreachable" || failure.reason === "no-role"
      ? "credential-source-empty"
      : "ec2-metadata-failed";
  return new RolecallError(code, `Ec2InstanceMetadata holds no credentials: ${failure.message}`, {
    at: step.from,
    length: "file" in step.from ? "Ec2InstanceMetadata".length : undefined,
    cause: failure,
    help: REMEDIES[failure.reason] ?? [],
  });
}

const REMEDIES: Readonly<Partial<Record<MetadataError["reason"], readonly string[]>>> = {
  unreachable: ["this is no EC2 instance, its metadata service is switched off, or a firewall is in the way"],
  "no-response": [RAISE_HOP_LIMIT],
  "token-missing": [RAISE_HOP_LIMIT],
  "no-role": ["attach an instance profile to the instance"],
};
