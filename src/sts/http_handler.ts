/** A request handler for the AWS SDK that uses rolecall's own HTTP client, which limits time and size. */
import type { Effects } from "../domain/effects.ts";
import { type ClockOffset, clockOffset } from "../http/clock_offset.ts";
import { HttpError, isTransient } from "../http/error.ts";
import { proxyFor } from "../http/proxy.ts";
import { httpRequest } from "../http/request.ts";
import { SERVICE_LIMITS } from "../http/service_call.ts";

/** The parts of the SDK's request that are used here. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/**
 * A handler for the SDK's `requestHandler` option. It uses the proxy that the environment names, if any.
 *
 * @param ca PEM certificates to trust instead of the built-in ones.
 */
export function sdkHttpHandler(effects: Effects, ca: string | undefined) {
  let lastUrl = "";
  let lastClockOffset: ClockOffset | undefined;
  let lastIsFromSts = false;
  let attempt = 0;
  return {
    /** The URL of the last request, without its path. */
    lastUrl: () => lastUrl,
    /** The clock offset that the last response showed. */
    lastClockOffset: () => lastClockOffset,
    /** Whether STS sent the last response, rather than a proxy or another server. */
    lastIsFromSts: () => lastIsFromSts,
    /** The number of the current attempt. */
    attempt: () => attempt,
    metadata: { handlerProtocol: "http/1.1" },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request: SdkRequest) {
      attempt++;
      const port = request.port === undefined ? "" : `:${request.port}`;
      lastUrl = `${request.protocol}//${request.hostname}${port}`;
      const url = new URL(`${lastUrl}${request.path}`);
      const proxy = proxyFor(url, effects.environment);
      if (proxy !== undefined) effects.trace(`proxy ${proxy.value.origin} for ${lastUrl}`);
      try {
        const response = await httpRequest(
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
        lastIsFromSts = isStsError(response.body);
        lastClockOffset = clockOffset(response, effects.now());
        return { response: { statusCode: response.status, headers: response.headers, body: response.body } };
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

function bodyOf(body: unknown): string | Uint8Array | undefined {
  return typeof body === "string" || body instanceof Uint8Array ? body : undefined;
}
