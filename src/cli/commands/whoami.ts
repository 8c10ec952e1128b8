/** `rolecall whoami`: shows the identity of the credentials, from sts:GetCallerIdentity. */
import { jsonText } from "../../report/json_text.ts";
import { connectPlannedSts } from "../../resolve/connect_sts.ts";
import type { FirstRequest } from "../../resolve/resolve.ts";
import type { CallerIdentity } from "../../sts/sts.ts";
import { rejectPositionals } from "../args/arguments.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { findCredentials } from "../find_credentials.ts";

/** @returns the exit code 0. */
export async function whoami(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("whoami", positionals);
  let identity: CallerIdentity | undefined;
  const firstRequest: FirstRequest = async ({ credentials, region, signer }, plan) => {
    const sts = await connectPlannedSts(plan, region, context.effects);
    identity = await sts.callerIdentity(credentials, { signer });
  };
  await findCredentials(options, context, { region: true, firstRequest, callsSts: true });
  const { account, arn, userId } = identity ?? { account: "", arn: "", userId: "" };
  context.print(
    options.switch("json")
      ? jsonText({ account, arn, userId })
      : `account  ${account}\narn      ${arn}\nuser id  ${userId}\n`,
  );
  return 0;
}
