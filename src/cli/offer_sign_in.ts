/** Offers to sign in when a command finds that its login is missing or has expired, so that the command can go on. */
import type { RolecallError } from "../domain/errors.ts";
import { signIn } from "../login/sign_in.ts";
import type { Plan } from "../plan/plan.ts";
import { describeTarget, targetOfSource } from "../plan/sign_in.ts";
import { isTerminal } from "../runtime/terminal/is_terminal.ts";
import { commandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import type { PreparedPlan } from "./prepare_plan.ts";
import { signInContext } from "./sign_in_context.ts";
import { signInOptions } from "./sign_in_options.ts";

/**
 * Asks the person whether to sign in now, and signs in. Several processes with the same expired login ask once: the
 * others wait for the answer.
 *
 * @param error why there are no credentials. It is thrown if there is no terminal or if the person declines.
 * @returns the plan to carry out now.
 * @throws RolecallError the given one, or as `signIn`.
 */
export async function offerSignIn(
  error: RolecallError,
  { plan, scope }: Pick<PreparedPlan, "plan" | "scope">,
  context: Context,
): Promise<Plan> {
  const { effects } = context;
  const { source } = plan;
  if (source.kind !== "sso" && source.kind !== "login") throw error;
  // A tool that captures standard error, such as an SDK with a credential_process, may run in the background.
  if (!isTerminal(2) || !(await effects.hasTerminal())) throw error;
  const target = targetOfSource(source, scope);
  // Only the variables: these commands do not have the options of `login`.
  const options = signInOptions(commandOptions("login", {}, effects.environment));
  const signedIn = await signIn(target, options, {
    ...signInContext(context),
    confirm: async () => {
      await effects.showLines([`${error.message.replace(/^./, (letter) => letter.toUpperCase())}.`]);
      const answer = await effects.readLine("Sign in now? [Y/n] ");
      if (answer === undefined || !/^\s*(?:y(?:es)?)?\s*$/i.test(answer)) throw error;
    },
  });
  await effects.showLines([
    `Signed in to ${describeTarget(target)}${signedIn.byOtherProcess ? " by another process" : ""}.`,
  ]);
  if (source.kind !== "login" || signedIn.arn === undefined) return plan;
  // The person may have agreed to another session, which the profile has now.
  return { ...plan, source: { ...source, session: { ...source.session, value: signedIn.arn } } };
}
