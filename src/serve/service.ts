/** The two services that a server can be taken for. */
import type { SERVICES } from "../domain/option_table.ts";
import type { ServerAnswer, ServerRequest } from "../runtime/http_server.ts";
import { ECS_PATH, type EcsNeeds, ecsAnswer } from "./ecs.ts";
import { type ImdsNeeds, imdsAnswer } from "./imds.ts";

export type Service = (typeof SERVICES)[number];

/** The function that answers each request to such a service. */
export function serviceAnswer(service: Service, needs: EcsNeeds & ImdsNeeds): (request: ServerRequest) => ServerAnswer {
  return service === "ecs" ? (request) => ecsAnswer(request, needs) : (request) => imdsAnswer(request, needs);
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
