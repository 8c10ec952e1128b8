/** How requests reach STS: by rolecall's own HTTP client, with its limits and the configured proxy. */
import type { Effects } from "../domain/effects.ts";
import { type ClockOffset, clockOffset } from "../http/clock_offset.ts";
import { HttpError, isTransient } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { SERVICE_LIMITS } from "../http/service_limits.ts";
import type { StsRequest, StsResponse } from "./client.ts";

export interface StsTransport {
  /** Sends one attempt. An error that another attempt can avoid has the property `$retryable`. */
  send(request: StsRequest): Promise<StsResponse>;
  /** The URL of the last request, without its path. */
  lastUrl(): string;
  /** The clock offset that the last response showed. */
  lastClockOffset(): ClockOffset | undefined;
  /** Whether STS sent the last response, rather than a proxy or another server. */
  lastIsFromSts(): boolean;
  /** The number of the current attempt. */
  attempt(): number;
}

/** @param ca PEM certificates to trust instead of the built-in ones. */
export function stsTransport(effects: Effects, ca: string | undefined): StsTransport {
  let lastUrl = "";
  let lastClockOffset: ClockOffset | undefined;
  let lastIsFromSts = false;
  let attempt = 0;
  return {
    lastUrl: () => lastUrl,
    lastClockOffset: () => lastClockOffset,
    lastIsFromSts: () => lastIsFromSts,
    attempt: () => attempt,
    async send(request) {
      attempt++;
      const url = new URL(request.url);
      lastUrl = url.origin;
      const proxy = proxyFor(url, effects.environment);
      if (proxy !== undefined) effects.trace(`proxy ${proxy.value.origin} for ${lastUrl}`);
      try {
        const response = await effects.http.request({ ...request, proxy: proxy?.value, ca }, SERVICE_LIMITS);
        lastIsFromSts = isStsError(response.body);
        lastClockOffset = clockOffset(response, effects.now());
        return response;
      } catch (error) {
        // The SDK's retry strategy retries errors that have this property.
        if (error instanceof HttpError && isTransient(error)) Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
  };
}

/** The errors of STS are XML: `<ErrorResponse>`, with a code. */
function isStsError(body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body);
  return text.trimStart().startsWith("<") && text.includes("<Code>");
}
