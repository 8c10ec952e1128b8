/** `rolecall whoami`: whose credentials these are, as STS sees it. */
import { jsonText } from "../report/json_text.ts";
import { planSts } from "../resolve.ts";
import { refusePositionals } from "./arguments.ts";
import { findCredentials } from "./find_credentials.ts";
import type { CommandOptions } from "./options.ts";
import type { World } from "./world.ts";

/** @returns the exit code 0. */
export async function whoami(options: CommandOptions, positionals: readonly string[], world: World): Promise<number> {
  refusePositionals("whoami", positionals);
  const { credentials, plan, region, signer } = await findCredentials(options, world, true);
  const sts = await planSts(plan, region, world.effects);
  const { account, arn, userId } = await sts.callerIdentity(credentials, { signer });
  world.print(
    options.switch("json")
      ? jsonText({ account, arn, userId })
      : `account  ${account}\narn      ${arn}\nuser id  ${userId}\n`,
  );
  return 0;
}
