/** What a sign-in needs of this process, for `login` and for the commands that offer to sign in. */
import { REGIONS } from "../completion/regions.ts";
import type { SignInContext } from "../login/sign_in.ts";
import { picker } from "../report/picker.ts";
import type { Context } from "./context.ts";

/** The region that `aws login` proposes. */
const PROPOSED_REGION = "us-east-1";

export function signInContext({ effects, configPaths }: Context): SignInContext {
  return {
    effects,
    platform: process.platform,
    configFile: configPaths.configFile,
    chooseRegion: async () => {
      if (effects.environment.TERM === "dumb") {
        const answer = await effects.readLine(`AWS region [${PROPOSED_REGION}]: `);
        return answer?.trim() === "" ? PROPOSED_REGION : answer?.trim();
      }
      const choices = REGIONS.map((value) => ({ value, note: "" }));
      return await effects.showPrompt(picker("region", choices, PROPOSED_REGION));
    },
  };
}
