/** The log of refused requests. */
import type { RefusalLog, RefusedRequest } from "../runtime/http_server.ts";

/** Longer than every part of a path that clients request. A token is longer, and may be in a path by mistake. */
const MAX_SEGMENT_LENGTH = 32;
const MAX_PATH_LENGTH = 200;

/** Every program on the machine can send requests, and must not be able to fill a disk with lines. */
const MAX_LINES = 100;
const PERIOD_MS = 60_000;

/**
 * Returns the log. It has one line for each request, up to a limit.
 *
 * @param warn writes a line.
 */
export function refusalLog(warn: (line: string) => void, now: () => Date): RefusalLog {
  let periodEndsMs = 0;
  let lines = 0;
  return (refused) => {
    const time = now().getTime();
    if (time >= periodEndsMs || time < periodEndsMs - PERIOD_MS) {
      periodEndsMs = time + PERIOD_MS;
      lines = 0;
    }
    lines++;
    if (lines <= MAX_LINES) warn(refusalLine(refused));
    else if (lines === MAX_LINES + 1) warn("too many refused requests: further ones are not logged for up to a minute");
  };
}

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
