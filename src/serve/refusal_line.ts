/** The line of the log for a request that was refused. */
import type { RefusedRequest } from "../runtime/http_server.ts";

/** Longer than every part of a path that clients request. A token is longer, and may be in a path by mistake. */
const MAX_SEGMENT_LENGTH = 32;
const MAX_PATH_LENGTH = 200;

/** Method, path and reason, without anything that could be a secret. */
export function refusalLine({ request, status, reason }: RefusedRequest): string {
  const what = request === undefined ? "a request" : `${request.method} ${safePath(request.path)}`;
  return `refused ${what} (HTTP ${status}): ${reason}`;
}

function safePath(target: string): string {
  const [path = "", query] = target.split("?", 2);
  const safe = path
    .split("/")
    .map((segment) => (segment.length > MAX_SEGMENT_LENGTH ? "…" : segment))
    .join("/");
  const short = safe.length > MAX_PATH_LENGTH ? `${safe.slice(0, MAX_PATH_LENGTH)}…` : safe;
  return query === undefined ? short : `${short}?…`;
}
