/** Makes requests wait if the files with the credentials have just changed, so that the old ones are not served. */
import type { HttpServerRequest, HttpServerResponse, RequestHandler } from "../runtime/http_server.ts";
import type { Refresher } from "./refresher.ts";

export function afterChanges(
  { readChanges }: Pick<Refresher, "readChanges">,
  respond: (request: HttpServerRequest) => HttpServerResponse,
): RequestHandler {
  return (request) => {
    const refreshing = readChanges();
    return refreshing === undefined ? respond(request) : refreshing.then(() => respond(request));
  };
}
