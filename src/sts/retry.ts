/** The retries of STS calls: the AWS SDK's middleware and its mode `standard`. Loaded only if a first attempt fails. */
import { retryMiddleware, StandardRetryStrategy } from "@smithy/core/retry";

/**
 * Continues a call whose first attempt has failed.
 *
 * @param first the error of the first attempt.
 * @param attempts the maximum number of attempts, including the first.
 * @param attempt makes an attempt, by its number.
 * @throws Error that of the last attempt.
 */
export async function retry<Output extends { readonly $metadata: object }>(
  first: unknown,
  attempts: number,
  attempt: (number: number) => Promise<Output>,
): Promise<Output> {
  const strategy = new StandardRetryStrategy(attempts);
  let made = 0;
  const next = async () => {
    made++;
    if (made === 1) throw first;
    return { response: undefined, output: await attempt(made) };
  };
  const middleware = retryMiddleware({ maxAttempts: async () => attempts, retryStrategy: async () => strategy });
  return (await middleware(next, {})({ input: {}, request: undefined })).output;
}
