/** The types of one attempt of an STS call. */
import type { AwsQueryProtocol } from "@aws-sdk/core/protocols";

/** The AWS SDK's request. */
export type SdkRequest = Awaited<ReturnType<AwsQueryProtocol["serializeRequest"]>>;

/** Makes an attempt, by its number, counted from 1. */
export type Attempt<Output> = (number: number, sign: (request: SdkRequest) => Promise<SdkRequest>) => Promise<Output>;
