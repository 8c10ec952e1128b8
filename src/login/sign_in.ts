/** Signs in to a target, one process at a time: the others wait for the result and use it. */
import { basename, dirname, join } from "node:path";
import { joinFlight } from "../cache/single_flight.ts";
import { profileNameOf } from "../config/merge.ts";
import type { Effects } from "../domain/effects.ts";
import { RolecallError } from "../domain/errors.ts";
import { runCommand } from "../domain/help_texts.ts";
import type { Sourced } from "../domain/origin.ts";
import { updateFile } from "../files/update_file.ts";
import { createWritableFolder } from "../files/writable_folder.ts";
import { parseIni } from "../ini/parse.ts";
import { setKeys } from "../ini/set_keys.ts";
import { type ConsoleTarget, describeTarget, type IdentityCenterTarget, type SignInTarget } from "../plan/sign_in.ts";
import { signInCommand } from "../plan/sources/login_command.ts";
import { loginCacheFolder, loginSessionFile } from "../sources/login.ts";
import { ssoTokenPath } from "../sources/sso.ts";
import { asJsonObject, parseJsonObject, stringMember } from "../text/json_object.ts";
import { systemErrorMessage } from "../text/system_error.ts";
import { parseTimestamp } from "../text/timestamp.ts";
import { chooseBrowser, findPlace } from "./browser_choice.ts";
import { PERSON_LIMIT_MS } from "./browser_flow.ts";
import { type ConsoleSession, signInToConsole } from "./console.ts";
import { signInToIdentityCenter } from "./identity_center.ts";
import { signOutAtPortal } from "./sign_out.ts";

/** The options of `login`. */
export interface SignInOptions {
  /** Whether the browser may be opened. */
  readonly opensBrowser: boolean;
  /** Of IAM Identity Center only. */
  readonly useDeviceCode: boolean;
  /** Of console credentials only. */
  readonly isRemote: boolean;
  readonly callbackPort: Sourced<number> | undefined;
  /** Whether to sign out at the portal first, so that a new session begins. Of IAM Identity Center only. */
  readonly isForced: boolean;
}

export interface SignInContext {
  readonly effects: Effects;
  /** As `process.platform`. */
  readonly platform: string;
  /** The path of the config file, to which `login_session` is written. */
  readonly configFile: string;
  /** Asks for the region of console credentials. @returns undefined if there is no terminal. */
  chooseRegion(): Promise<string | undefined>;
  /**
   * Asks whether to sign in at all, once no other process is signing in. It throws if not. Undefined if the person has
   * asked for the sign-in.
   */
  readonly confirm?: (() => Promise<void>) | undefined;
}

export interface SignedIn {
  /** The ARN of the session, for console credentials. */
  readonly arn: string | undefined;
  /** When the token or the credentials expire. */
  readonly expiresAt: Date;
  /** Whether they are refreshed then. */
  readonly isRefreshable: boolean;
  /** Whether another process has signed in. */
  readonly byOtherProcess: boolean;
}

/**
 * Signs in. If another process is signing in to the same target, waits for it instead and uses its result: a fleet of
 * processes whose session has expired needs one person and one browser tab.
 *
 * @throws RolecallError `sign-in-failed`, also if the sign-in of the other process has failed; `server-failed`,
 *   `write-failed`. InterruptedError for Ctrl-C.
 */
export async function signIn(target: SignInTarget, options: SignInOptions, context: SignInContext): Promise<SignedIn> {
  const { effects } = context;
  const tokenFile = fileOfTarget(target, effects);
  const before = readToken(tokenFile, effects);
  let hasWaited = false;
  const flight = {
    lockFile: tokenFile.replace(/(?:\.json)?$/, ".sign-in.lock"),
    what: `the sign-in to ${describeTarget(target)}`,
    deadlineMs: PERSON_LIMIT_MS,
  };
  createFolder(dirname(tokenFile), effects.home);
  const endFlight = await joinFlight(flight, {
    ...effects,
    tryLock: async (path) => {
      const locked = await effects.tryLock(path);
      hasWaited ||= locked === undefined;
      return locked;
    },
  });
  let hasEnded = false;
  const end = () => {
    if (!hasEnded) endFlight?.();
    hasEnded = true;
  };
  try {
    if (hasWaited) return resultOfOther(target, before?.token, context);
    await context.confirm?.();
    return await signInAlone(target, options, context, end);
  } finally {
    end();
  }
}

/**
 * @param onStored called when the token is stored. The browser still waits for its page then, but the others can go on: a
 *   process that starts now must not take the new token for the one before.
 */
async function signInAlone(
  target: SignInTarget,
  options: SignInOptions,
  context: SignInContext,
  onStored: () => void,
): Promise<SignedIn> {
  const { effects, platform } = context;
  const { environment } = effects;
  const browser = chooseBrowser({
    environment,
    platform,
    place: findPlace(effects),
    hasTerminal: await effects.hasTerminal(),
    isForbidden: !options.opensBrowser,
  });
  const shared = { browser, callbackPort: options.callbackPort, limitMs: PERSON_LIMIT_MS };
  if (target.kind === "sso") {
    if (options.isForced) await signOutAtPortal(target, effects);
    const { useDeviceCode } = options;
    const ssoOptions = { ...shared, useDeviceCode, onStored };
    const { expiresAt, isRefreshable } = await signInToIdentityCenter(target, ssoOptions, effects);
    return { arn: undefined, expiresAt, isRefreshable, byOtherProcess: false };
  }
  const region = target.region?.value ?? (await context.chooseRegion());
  if (region === undefined) {
    throw new RolecallError("sign-in-failed", "no region is configured", {
      help: ["set --region, or region in the profile"],
    });
  }
  const { isRemote } = options;
  const accept = (arn: string) => acceptSession(target, arn, effects);
  const session = await signInToConsole(target, region, { ...shared, isRemote }, accept, effects);
  updateProfile(target, session, region, context);
  return { arn: session.arn, expiresAt: session.expiresAt, isRefreshable: true, byOtherProcess: false };
}

/** The file that a sign-in writes. For a profile without a session, its name stands for the session. */
function fileOfTarget(target: SignInTarget, effects: Pick<Effects, "environment" | "home">): string {
  if (target.kind === "sso") return ssoTokenPath(target.session?.value ?? target.startUrl.value, effects.home);
  if (target.session !== undefined) return loginSessionFile(target.session.value, effects);
  const named = basename(loginSessionFile(`profile ${target.profile}`, effects));
  return join(loginCacheFolder(effects), named);
}

interface TokenSummary {
  /** The token, to tell it from another one. */
  readonly token: string;
  readonly expiresAt: Date;
  readonly isRefreshable: boolean;
}

function readToken(file: string, { readFile }: Effects): TokenSummary | undefined {
  let json: ReturnType<typeof parseJsonObject>;
  try {
    const bytes = readFile(file);
    json = bytes && parseJsonObject(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const access = asJsonObject(json?.accessToken);
  const token = stringMember(json, "accessToken") ?? stringMember(access, "sessionToken");
  const expiresAt = parseTimestamp(stringMember(json, "expiresAt") ?? stringMember(access, "expiresAt") ?? "");
  if (token === undefined || expiresAt === undefined) return undefined;
  return { token, expiresAt, isRefreshable: stringMember(json, "refreshToken") !== undefined };
}

/** The result of the process that was waited for. If it failed, this process does not ask the person again. */
function resultOfOther(target: SignInTarget, oldToken: string | undefined, context: SignInContext): SignedIn {
  const { effects } = context;
  const arn = target.kind === "console" ? (target.session?.value ?? writtenSession(target, context)) : undefined;
  const file = arn === undefined ? fileOfTarget(target, effects) : loginSessionFile(arn, effects);
  const now = readToken(file, effects);
  if (now !== undefined && now.token !== oldToken && now.expiresAt > effects.now()) {
    const { expiresAt, isRefreshable } = now;
    return { arn, expiresAt, isRefreshable: isRefreshable && !isLegacy(target), byOtherProcess: true };
  }
  throw new RolecallError("sign-in-failed", `another process did not finish the sign-in to ${describeTarget(target)}`, {
    help: [runCommand(signInCommand(target))],
  });
}

/** The session that the other process has written to a profile that had none. */
function writtenSession({ profile }: ConsoleTarget, { configFile, effects }: SignInContext): string | undefined {
  const bytes = effects.readFile(configFile);
  const { sections } = parseIni(new TextDecoder().decode(bytes), configFile);
  return [...sections.values()].findLast(({ name }) => profileNameOf(name) === profile)?.own.get("login_session")
    ?.value;
}

/** Created before the person signs in: a sign-in whose result cannot be stored would be in vain. */
function createFolder(folder: string, home: string): void {
  try {
    createWritableFolder(folder, home);
  } catch (error) {
    throw new RolecallError("write-failed", `cannot write to ${folder}: ${systemErrorMessage(error)}`, {
      cause: error,
    });
  }
}

/** As in `aws login`, a person must agree to replace the profile's session by another one. */
async function acceptSession({ profile, session }: ConsoleTarget, arn: string, effects: Effects): Promise<void> {
  if (session === undefined || session.value === arn) return;
  await effects.showLines([`The profile "${profile}" uses the session ${session.value}.`]);
  const answer = await effects.readLine(`Replace it with ${arn}? [y/N] `);
  if (/^\s*y(?:es)?\s*$/i.test(answer ?? "")) return;
  throw new RolecallError("sign-in-failed", `the profile "${profile}" keeps its session ${session.value}`, {
    at: session.from,
    length: session.value.length,
    help: ["sign in as the same user or role, or choose another profile with --profile"],
  });
}

/** Writes `login_session`, and the region if the person was asked for it. */
function updateProfile(
  target: ConsoleTarget,
  { arn }: ConsoleSession,
  region: string,
  { configFile, effects }: SignInContext,
): void {
  const values = new Map([
    ...(target.session?.value === arn ? [] : [["login_session", arn] as const]),
    ...(target.region === undefined ? [["region", region] as const] : []),
  ]);
  if (values.size === 0) return;
  const { profile } = target;
  const newName = profile === "default" ? profile : `profile ${/\s/.test(profile) ? `"${profile}"` : profile}`;
  try {
    const bytes = effects.readFile(configFile);
    const before = bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const isProfile = (name: string) => profileNameOf(name) === profile;
    const after = setKeys(before ?? "", configFile, isProfile, newName, values);
    if (![...parseIni(after, configFile).sections.keys()].some(isProfile)) {
      throw new Error("its section cannot have this name");
    }
    updateFile(configFile, before, after, effects.home);
  } catch (error) {
    if (error instanceof RolecallError) throw error;
    throw new RolecallError(
      "write-failed",
      `cannot write login_session to ${configFile}: ${systemErrorMessage(error)}`,
      {
        cause: error,
        help: [`add to the profile "${profile}": login_session = ${arn}`],
      },
    );
  }
}

/** Whether the session is one of a legacy profile, whose token cannot be refreshed. */
function isLegacy(target: SignInTarget): target is IdentityCenterTarget {
  return target.kind === "sso" && target.session === undefined;
}
