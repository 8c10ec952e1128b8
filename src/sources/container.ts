/** The provider for the container endpoint: credentials of an ECS task, an EKS pod or a Greengrass component. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_CLOCK } from "../domain/help_texts.ts";
import type { Origin } from "../domain/origin.ts";
import { readRequiredFile } from "../files/required_file.ts";
import { fetchContainerCredentials, type RetryPolicy } from "../metadata/container.ts";
import { MetadataError } from "../metadata/error.ts";
import type { ContainerStep } from "../plan/plan.ts";

/**
 * Requests credentials from the endpoint. Every failure is an error, because the endpoint is configured explicitly: the
 * AWS CLI does not try another source, either.
 *
 * @param retryPolicy by default that of the AWS CLI.
 * @throws RolecallError `container-credentials-failed`, `container-token-invalid` or `credentials-expired`.
 */
export async function containerCredentials(
  step: ContainerStep,
  effects: Effects,
  retryPolicy?: RetryPolicy,
): Promise<Credentials> {
  const credentials = await fetchCredentials(step, effects, retryPolicy);
  if (credentials.expiration !== undefined && credentials.expiration <= effects.now()) {
    const time = credentials.expiration.toISOString();
    throw new RolecallError("credentials-expired", `the container's credentials expired at ${time}`, {
      at: step.from,
      help: [CHECK_CLOCK],
    });
  }
  return credentials;
}

async function fetchCredentials(
  step: ContainerStep,
  effects: Effects,
  retryPolicy: RetryPolicy | undefined,
): Promise<Credentials> {
  const { http, sleep, trace } = effects;
  try {
    return await fetchContainerCredentials(
      step.url,
      { http, authorization: () => authorization(effects), sleep, trace },
      retryPolicy,
    );
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    const hasNoResponse = error.reason === "unreachable" || error.reason === "no-response";
    throw new RolecallError("container-credentials-failed", error.message, {
      at: step.from,
      cause: error,
      isTemporary: error.isTemporary,
      notes: hasNoResponse && hasProxy(effects.environment) ? ["metadata requests never use a proxy"] : [],
      help: hasNoResponse ? ["check that rolecall runs inside the task or pod that the endpoint belongs to"] : [],
    });
  }
}

/** The token for the `Authorization` header: from the file, otherwise from the variable. The file is read each time. */
function authorization({ environment, readFile }: Effects): string | undefined {
  const file = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (file !== undefined) {
    const at = { variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" };
    return validateToken(readTokenFile(file, readFile, at), at);
  }
  const token = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  return token === undefined ? undefined : validateToken(token, { variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN" });
}

function readTokenFile(file: string, readFile: Effects["readFile"], at: Origin): string {
  const unusable = (why: string, cause?: unknown) =>
    new RolecallError("container-token-invalid", `the container authorization token file ${file} ${why}`, {
      at,
      cause,
    });
  return readRequiredFile(file, readFile, unusable);
}

/** As in the AWS CLI, a line break is an error and is not removed: it could start another header. */
function validateToken(token: string, at: Origin): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(token)) return token;
  const [message, help] = /\r?\n$/.test(token)
    ? ["the container authorization token ends with a line break", "write the token with printf %s instead of echo"]
    : ["the container authorization token contains a character that a header cannot contain", "check the token"];
  throw new RolecallError("container-token-invalid", message, { at, help: [help] });
}

function hasProxy(environment: Environment): boolean {
  return (variable(environment, "HTTP_PROXY") ?? variable(environment, "http_proxy")) !== undefined;
}
