/** `rolecall login`: signs in to IAM Identity Center, or gets console credentials. */
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { type SignedIn, signIn } from "../../login/sign_in.ts";
import { withSettingsRole } from "../../plan/roles/settings_role.ts";
import { describeTarget, planSignIn, type SignInTarget } from "../../plan/sign_in.ts";
import { formatUtc } from "../../text/timestamp.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, credentialOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { signInContext } from "../sign_in_context.ts";

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
  const signInOptions = {
    opensBrowser: !options.switch("no-browser"),
    useDeviceCode: options.switch("use-device-code"),
    isRemote: options.switch("remote"),
    callbackPort: parsePort(options.text("callback-port")),
    isForced: options.switch("force"),
  };
  const target = await chooseTarget(options, context);
  if (target.kind === "console" && !target.isDefined) {
    const hints = target.hints.length === 0 ? "" : ` (${target.hints.join("; ")})`;
    effects.warn(`the profile "${target.profile}" is new: the sign-in writes it to the config file${hints}`);
  }
  context.print(`${resultText(target, await signIn(target, signInOptions, signInContext(context)))}\n`);
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
  return planSignIn(
    {
      options: role === undefined ? given : withSettingsRole(given, role, settings),
      environment: effects.environment,
      config,
      settings,
    },
    options.text("sso-session"),
  );
}

function resultText(target: SignInTarget, { arn, expiresAt, isRefreshable, byOtherProcess }: SignedIn): string {
  const time = formatUtc(expiresAt);
  const how = byOtherProcess ? " by another process" : "";
  const end = isRefreshable
    ? `; the current token expires at ${time} and is refreshed until the session ends`
    : ` until ${time}`;
  if (target.kind === "console") return `the profile "${target.profile}" is signed in${how} as ${arn}${end}`;
  return `signed in${how} to ${describeTarget(target)}${end}`;
}

function parsePort(given: Sourced<string> | undefined): Sourced<number> | undefined {
  if (given === undefined) return undefined;
  const port = Number(given.value);
  if (/^\d{1,5}$/.test(given.value) && port >= 1 && port <= 65_535) return { value: port, from: given.from };
  throw invalidValue("port", given, ["use a number from 1 to 65535"]);
}
