/** `rolecall logout`: removes what `login` and the AWS CLI's sign-ins left. */
import { RolecallError } from "../../domain/errors.ts";
import { type SignedOut, signOut, signOutOfAll } from "../../login/sign_out.ts";
import { chooseProfile, withoutProfile } from "../../plan/scope.ts";
import { describeTarget, identityCenterSettings, planSignIn } from "../../plan/sign_in.ts";
import { escapeInvisible } from "../../text/visible.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, credentialOptions } from "../args/options.ts";
import type { Context } from "../context.ts";

/** @returns the exit code 0, even if there was nothing to remove. */
export async function logout(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("logout", positionals);
  const { effects } = context;
  const config = context.readConfig();
  const inputs = { options: credentialOptions(options, effects.readFile), environment: effects.environment, config };
  const session = options.text("sso-session");
  if (options.switch("all")) {
    const conflict = [session, options.text("profile")].find((given) => given !== undefined && "option" in given.from);
    if (conflict !== undefined) {
      throw new RolecallError("option-conflict", "--all signs out of every session, so it excludes the choice of one", {
        at: conflict.from,
      });
    }
    const settings = identityCenterSettings(scopeOfDefault(inputs));
    context.print(resultText(undefined, await signOutOfAll(config, settings, effects)));
    return 0;
  }
  // Unlike a sign-in, which creates the profile, this is a misspelt name.
  if (session === undefined) chooseProfile(inputs);
  const target = planSignIn(inputs, session);
  context.print(resultText(describeTarget(target), await signOut(target, config, effects)));
  return 0;
}

/** The settings of the chosen profile, if there is one. */
function scopeOfDefault(inputs: Parameters<typeof chooseProfile>[0]) {
  try {
    return chooseProfile(inputs);
  } catch (error) {
    if (error instanceof RolecallError && error.code === "profile-not-found") return withoutProfile(inputs);
    throw error;
  }
}

/** @param target undefined for all sessions. */
function resultText(target: string | undefined, { tokens, credentials }: SignedOut): string {
  const removed = [...tokens, ...credentials].map((file) => `removed ${escapeInvisible(file)}\n`).join("");
  const result =
    tokens.length === 0
      ? `not signed in${target === undefined ? "" : ` to ${target}`}`
      : `signed out of ${target ?? "every session"}`;
  return `${removed}${escapeInvisible(result)}\n`;
}
