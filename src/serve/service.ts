/** The two AWS services that the server implements: the ECS container endpoint and the EC2 metadata service. */
import type { SERVICES } from "../domain/option_table.ts";
import type { HttpServerRequest, HttpServerResponse } from "../runtime/http_server.ts";
import { ECS_PATH, type EcsServerState, handleEcsRequest } from "./ecs.ts";
import { handleImdsRequest, type ImdsServerState } from "./imds.ts";

export type Service = (typeof SERVICES)[number];

/** Responds to a request for one of the services. */
export function handleRequest(
  service: Service,
  request: HttpServerRequest,
  state: EcsServerState & ImdsServerState,
): HttpServerResponse {
  return service === "ecs" ? handleEcsRequest(request, state) : handleImdsRequest(request, state);
}

export type Variables = readonly (readonly [name: string, value: string])[];

/** Where clients get the token from. Clients that know the file prefer it. */
export interface ClientToken {
  /** The token itself. */
  readonly value?: string | undefined;
  /** The path of a file that contains it. */
  readonly file?: string | undefined;
}

/**
 * Returns the environment variables with which an SDK finds the server.
 *
 * @param url the server's URL, without a path.
 */
export function clientVariables(service: Service, url: string, token: ClientToken): Variables {
  if (service === "imds") return [["AWS_EC2_METADATA_SERVICE_ENDPOINT", url]];
  return [
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", `${url}${ECS_PATH}`],
    ...variableOf("AWS_CONTAINER_AUTHORIZATION_TOKEN", token.value),
    ...variableOf("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token.file),
  ];
}

function variableOf(name: string, value: string | undefined): Variables {
  return value === undefined ? [] : [[name, value]];
}
