/** Credentials of a container: an ECS task, an EKS pod, a Greengrass component. */
import type { Credentials } from "../domain/credentials.ts";
import type { Effects } from "../domain/effects.ts";
import { type Environment, variable } from "../domain/environment.ts";
import { RolecallError } from "../domain/errors.ts";
import { CHECK_CLOCK } from "../domain/help_texts.ts";
import { readRequiredFile } from "../files/required_file.ts";
import { fetchContainerCredentials, type RetryPolicy } from "../metadata/container.ts";
import { MetadataError } from "../metadata/error.ts";
import type { ContainerStep } from "../plan/plan.ts";

/**
 * Asks the endpoint. It was named, so its failure is an error and nobody else is asked.
 *
 * @param patience another than the AWS CLI's.
 * @throws RolecallError `container-credentials-failed`, `container-token-invalid`, or `credentials-expired`.
 */
export async function containerCredentials(
  step: ContainerStep,
  effects: Effects,
  patience?: RetryPolicy,
): Promise<Credentials> {
  const credentials = await fetched(step, effects, patience);
  if (credentials.expiration !== undefined && credentials.expiration <= effects.now()) {
    const when = credentials.expiration.toISOString();
    throw new RolecallError(
      "credentials-expired",
      `the container's credentials had expired when they came: at ${when}`,
      {
        at: step.from,
        help: [CHECK_CLOCK],
      },
    );
  }
  return credentials;
}

async function fetched(step: ContainerStep, effects: Effects, patience: RetryPolicy | undefined): Promise<Credentials> {
  const { sleep, trace } = effects;
  try {
    return await fetchContainerCredentials(
      step.url,
      { authorization: () => authorization(effects), sleep, trace },
      patience,
    );
  } catch (error) {
    if (!(error instanceof MetadataError)) throw error;
    throw new RolecallError("container-credentials-failed", error.message, {
      at: step.from,
      cause: error,
      help: remedy(error, effects.environment),
    });
  }
}

/** The token for the `Authorization` header: the file's content, which is read anew each time, else the variable's. */
function authorization({ environment, readFile }: Effects): string | undefined {
  const file = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (file !== undefined) {
    const at = { variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" };
    return headerValue(readTokenFile(file, readFile, at), at);
  }
  const token = variable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
  return token === undefined ? undefined : headerValue(token, { variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN" });
}

function readTokenFile(file: string, readFile: Effects["readFile"], at: { readonly variable: string }): string {
  return readRequiredFile(
    file,
    readFile,
    (why, cause) =>
      new RolecallError("container-token-invalid", `the container authorization token file ${file} ${why}`, {
        at,
        cause,
      }),
  );
}

/** As in the AWS CLI a line break is an error, and not cut off: it would end the header, and begin another. */
function headerValue(token: string, at: { readonly variable: string }): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(token)) return token;
  throw new RolecallError("container-token-invalid", "the container authorization token cannot be sent as a header", {
    at,
    help: [
      /\r?\n$/.test(token)
        ? "it ends with a line break, such as echo leaves; printf %s leaves none"
        : "it holds a line break, or a character that no header may have",
    ],
  });
}

function remedy({ reason }: MetadataError, environment: Environment): string[] {
  if (reason !== "unreachable" && reason !== "no-response") return [];
  const proxied = variable(environment, "HTTP_PROXY") ?? variable(environment, "http_proxy");
  return [
    "the endpoint answers only inside of its task or pod",
    ...(proxied === undefined ? [] : ["the proxy variables have no effect here: metadata never goes through a proxy"]),
  ];
}
