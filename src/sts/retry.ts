/**
 * The retries of STS calls and the correction of the clock: the AWS SDK's middleware, its mode `standard` and its signer.
 * Loaded only if a first attempt fails.
 */
import { AwsSdkSigV4Signer } from "@aws-sdk/core/httpAuthSchemes";
import { retryMiddleware, StandardRetryStrategy } from "@smithy/core/retry";
import type { SignatureV4 } from "@smithy/signature-v4";
import type { Attempt, SdkRequest } from "./attempt.ts";

/**
 * Continues a call whose first attempt has failed.
 *
 * @param first the error of the first attempt.
 * @param attempts the maximum number of attempts, including the first.
 * @param signature undefined for unsigned requests.
 * @throws Error that of the last attempt.
 */
export async function retry<Output extends { readonly $metadata: object }>(
  first: unknown,
  attempts: number,
  attempt: Attempt<Output>,
  signature: SignatureV4 | undefined,
): Promise<Output> {
  const clock = signature && clockCorrection(signature);
  const strategy = new StandardRetryStrategy(attempts);
  let made = 0;
  const next = async () => {
    made++;
    try {
      if (made === 1) throw first;
      return { response: undefined, output: await attempt(made, clock?.sign ?? (async (request) => request)) };
    } catch (error) {
      throw clock?.corrected(error) ?? error;
    }
  };
  const middleware = retryMiddleware({ maxAttempts: async () => attempts, retryStrategy: async () => strategy });
  return (await middleware(next, {})({ input: {}, request: undefined })).output;
}

/** Signs with a time that is corrected by the `Date` of the responses so far, if this machine's clock is wrong. */
function clockCorrection(signature: SignatureV4) {
  const scheme = new AwsSdkSigV4Signer();
  const config = { systemClockOffset: 0, signer: async () => signature, disableClockSkewCorrection: async () => false };
  let properties: Record<string, unknown> = { config };
  return {
    async sign(request: SdkRequest): Promise<SdkRequest> {
      properties = { config, context: {} };
      return await scheme.sign(request, { accessKeyId: "", secretAccessKey: "" }, properties);
    },
    /** Reads the response of a failed attempt. Returns its error, marked if another attempt can succeed. */
    corrected(error: unknown): unknown {
      try {
        return error instanceof Error ? scheme.errorHandler(properties)(error) : error;
      } catch (marked) {
        return marked;
      }
    },
  };
}
