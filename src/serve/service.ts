/** The two services that a server can be taken for. */
import type { SERVICES } from "../domain/option_table.ts";
import type { HttpServerRequest, HttpServerResponse } from "../runtime/http_server.ts";
import { ECS_PATH, type EcsServerState, handleEcsRequest } from "./ecs.ts";
import { handleImdsRequest, type ImdsServerState } from "./imds.ts";

export type Service = (typeof SERVICES)[number];

/** The function that answers each request to such a service. */
export function requestHandler(
  service: Service,
  needs: EcsServerState & ImdsServerState,
): (request: HttpServerRequest) => HttpServerResponse {
  return service === "ecs"
    ? (request) => handleEcsRequest(request, needs)
    : (request) => handleImdsRequest(request, needs);
}

/**
 * The variables that lead an SDK to the server.
 *
 * @param url the server's, without a path.
 */
export function clientVariables(
  service: Service,
  url: string,
  token: string,
): readonly (readonly [name: string, value: string])[] {
  if (service === "imds") return [["AWS_EC2_METADATA_SERVICE_ENDPOINT", url]];
  return [
    ["AWS_CONTAINER_CREDENTIALS_FULL_URI", `${url}${ECS_PATH}`],
    ["AWS_CONTAINER_AUTHORIZATION_TOKEN", token],
  ];
}
