/** `rolecall whoami`: shows the identity of the credentials, from sts:GetCallerIdentity. */
import { jsonText } from "../../report/json_text.ts";
import { connectPlannedSts } from "../../resolve/resolve.ts";
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
  const { credentials, plan, region, signer } = await findCredentials(options, context, { region: true });
  const sts = await connectPlannedSts(plan, region, context.effects);
  const { account, arn, userId } = await sts.callerIdentity(credentials, { signer });
  context.print(
    options.switch("json")
      ? jsonText({ account, arn, userId })
      : `account  ${account}\narn      ${arn}\nuser id  ${userId}\n`,
  );
  return 0;
}
