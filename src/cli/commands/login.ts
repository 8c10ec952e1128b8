/** `rolecall login`: signs in to IAM Identity Center, or gets console credentials. */
import type { SharedConfig } from "../../config/shared_config.ts";
import { RolecallError } from "../../domain/errors.ts";
import { updateFile } from "../../files/update_file.ts";
import { convertLegacyProfiles } from "../../login/legacy_profiles.ts";
import { type SignedIn, signIn } from "../../login/sign_in.ts";
import { withSettingsRole } from "../../plan/roles/settings_role.ts";
import { describeTarget, type IdentityCenterTarget, planSignIn, type SignInTarget } from "../../plan/sign_in.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import { formatUtc } from "../../text/timestamp.ts";
import { escapeInvisible } from "../../text/visible.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, credentialOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { signInContext } from "../sign_in_context.ts";
import { signInOptions } from "../sign_in_options.ts";

/** @returns the exit code 0. */
export async function login(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("login", positionals);
  const { effects } = context;
  const noInput = options.text("no-input");
  if (noInput !== undefined) {
    throw new RolecallError("option-conflict", "a sign-in needs a person, and --no-input forbids prompts", {
      at: noInput.from,
    });
  }
  const how = signInOptions(options);
  const target = await chooseTarget(options, context);
  rejectUnfitOptions(target, options);
  if (target.kind === "console" && !target.isDefined) {
    const hints = target.hints.length === 0 ? "" : ` (${target.hints.join("; ")})`;
    effects.warn(`the profile "${target.profile}" is new: the sign-in writes it to the config file${hints}`);
  }
  context.print(`${escapeInvisible(resultText(target, await signIn(target, how, signInContext(context))))}\n`);
  return 0;
}

async function chooseTarget(options: CommandOptions, context: Context): Promise<SignInTarget> {
  const { effects } = context;
  const config = context.readConfig();
  const settings = await context.readSettings(options.text("settings"));
  const typed = credentialOptions(options, effects.readFile);
  const picked = options.switch("pick")
    ? await (await import("./pick.ts")).pickProfile(options, config, effects)
    : undefined;
  const given = picked === undefined ? typed : { ...typed, profile: picked };
  const role = options.text("role");
  const inputs = {
    options: role === undefined ? given : withSettingsRole(given, role, settings),
    environment: effects.environment,
    config,
    settings,
  };
  const session = options.text("sso-session");
  const target = planSignIn(inputs, session);
  const isConverted = target.kind === "sso" && (await offerSession(target, config, context));
  return isConverted ? planSignIn({ ...inputs, config: context.readConfig() }, session) : target;
}

/**
 * Offers to move the settings of a legacy profile into an sso-session, because the token of a legacy profile cannot be
 * refreshed. Without a terminal, only says so.
 *
 * @returns whether the config file has changed.
 */
async function offerSession(target: IdentityCenterTarget, config: SharedConfig, context: Context): Promise<boolean> {
  const { effects, texts } = context;
  if (target.session !== undefined) return false;
  const text = texts.get(config.configFile);
  const conversion = text === undefined ? undefined : convertLegacyProfiles(target, config, text);
  if (conversion === undefined || !(await effects.hasTerminal())) {
    effects.warn("the token of a legacy SSO profile cannot be refreshed: an sso_session in the profile would allow it");
    return false;
  }
  const { session, profiles } = conversion;
  const others = profiles.length === 1 ? "" : ` and ${profiles.length - 1} more`;
  await effects.showLines(["The token of a legacy SSO profile cannot be refreshed. That of an sso-session can."]);
  const answer = await effects.readLine(
    `Write the sso-session "${session}" and use it in the profile "${profiles[0]}"${others}? [y/N] `,
  );
  if (!/^\s*y(?:es)?\s*$/i.test(answer ?? "")) return false;
  try {
    updateFile(config.configFile, text, conversion.text, effects.home);
  } catch (cause) {
    const message = `cannot write to ${config.configFile}: ${systemErrorMessage(cause)}`;
    throw new RolecallError("write-failed", message, { cause });
  }
  return true;
}

/** Options with an effect on only one kind of sign-in, and the help if they are given for the other one. */
const UNFIT: Readonly<Record<SignInTarget["kind"], readonly (readonly [option: string, help: string])[]>> = {
  sso: [["remote", "use --use-device-code for a browser on another machine"]],
  console: [
    ["use-device-code", "use --remote for a browser on another machine"],
    ["force", "leave out --force: each sign-in for console credentials starts a session of its own"],
  ],
};

/** A variable may be meant for the other kind of sign-in, so it is ignored. */
function rejectUnfitOptions(target: SignInTarget, options: CommandOptions): void {
  for (const [name, help] of UNFIT[target.kind]) {
    const given = options.text(name);
    if (given === undefined || !("option" in given.from)) continue;
    const message = `--${name} has no effect on the sign-in to ${describeTarget(target)}`;
    throw new RolecallError("sign-in-impossible", message, { at: given.from, help: [help] });
  }
}

function resultText(target: SignInTarget, { arn, expiresAt, isRefreshable, byOtherProcess }: SignedIn): string {
  const time = formatUtc(expiresAt);
  const how = byOtherProcess ? " by another process" : "";
  if (target.kind === "console") {
    const end = `the credentials expire at ${time} and are refreshed until the session ends`;
    return `the profile "${target.profile}" is signed in${how} as ${arn}; ${end}`;
  }
  const end = isRefreshable
    ? `; the token expires at ${time} and is refreshed until the session ends`
    : ` until ${time}`;
  return `signed in${how} to ${describeTarget(target)}${end}`;
}
