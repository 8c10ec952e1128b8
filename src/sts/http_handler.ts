/** The AWS SDK's requests over rolecall's own bounded HTTP. */
import type { Effects } from "../domain/effects.ts";
import { type ClockOffset, clockOffset } from "../http/clock_offset.ts";
import { HttpError } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { httpRequest } from "../http/request.ts";
import { SERVICE_LIMITS } from "../http/service_call.ts";

/** The parts of the SDK's request that matter here. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** A handler for the SDK's `requestHandler`. It goes through a proxy where the environment names one. */
export function sdkHttpHandler(effects: Effects, ca: string | undefined) {
  let lastUrl = "";
  let lastClockOffset: ClockOffset | undefined;
  return {
    /** The address that was asked last, without path. */
    lastUrl: () => lastUrl,
    /** By the last answer. */
    lastClockOffset: () => lastClockOffset,
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request: SdkRequest) {
      const port = request.port === undefined ? "" : `:${request.port}`;
      lastUrl = `${request.protocol}//${request.hostname}${port}`;
      const url = new URL(`${lastUrl}${request.path}`);
      const proxy = proxyFor(url, effects.environment);
      if (proxy !== undefined) effects.trace(`proxy ${proxy.value.origin} for ${lastUrl}`);
      try {
        const answer = await httpRequest(
          {
            method: request.method,
            url: url.href,
            headers: request.headers,
            body: bodyOf(request.body),
            proxy: proxy?.value,
            ca,
          },
          SERVICE_LIMITS,
        );
        lastClockOffset = clockOffset(answer, effects.now());
        return { response: { statusCode: answer.status, headers: answer.headers, body: answer.body } };
      } catch (error) {
        // Tells the SDK's retry strategy that this is worth another attempt.
        if (error instanceof HttpError && error.kind !== "too-large") Object.assign(error, { $retryable: {} });
        throw error;
      }
    },
  };
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  return typeof body === "string" || body instanceof Uint8Array ? body : undefined;
}
