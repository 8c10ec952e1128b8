/** `rolecall profiles add`: writes profiles for the accounts and roles of an sso-session. */
import { loadSharedConfig } from "../../config/load.ts";
import type { SharedConfig } from "../../config/shared_config.ts";
import { invalidValue, RolecallError } from "../../domain/errors.ts";
import type { Sourced } from "../../domain/origin.ts";
import { FileChangedError, updateFile } from "../../files/update_file.ts";
import { type Assignment, listAssignments } from "../../login/assignments.ts";
import { DEFAULT_NAME_FORMAT, profileNames, requireNameFormat } from "../../login/profile_names.ts";
import { signIn } from "../../login/sign_in.ts";
import {
  changeProfiles,
  type NewProfile,
  type OldProfiles,
  profilesWithoutRole,
  withSession,
} from "../../login/written_profiles.ts";
import { type IdentityCenterTarget, planSessionSignIn } from "../../plan/sign_in.ts";
import { jsonText } from "../../report/json_text.ts";
import { multiPicker } from "../../report/picker.ts";
import { didYouMean } from "../../text/suggest.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import { unifiedDiff } from "../../text/unified_diff.ts";
import { parseHttpUrl } from "../../text/url.ts";
import { type CommandOptions, commandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { signInContext } from "../sign_in_context.ts";
import { signInOptions } from "../sign_in_options.ts";

/** The config file as it is, and as it is with the section of a new session. */
interface ConfigFile {
  /** Undefined if there is no file. */
  readonly before: string | undefined;
  readonly text: string;
  readonly config: SharedConfig;
}

/** A role without a profile, and the name that its profile would get. */
type Candidate = Assignment & NewProfile;

/** @returns the exit code 0, also if there is nothing to change. */
export async function addProfiles(options: CommandOptions, context: Context): Promise<number> {
  const { effects } = context;
  const given = context.readConfig();
  const session = requireSession(options.text("sso-session"), given);
  const nameFormat = options.text("name-format");
  const format = nameFormat === undefined ? DEFAULT_NAME_FORMAT : requireNameFormat(nameFormat);
  const accounts = options.list("account").map(requireAccountId);
  const roles = options.list("role-name");
  const prunes = options.switch("prune");
  const isNamed = options.switch("all") || accounts.length > 0 || roles.length > 0;
  if (!isNamed && !prunes) await requirePicker(options, context);

  const file = given.ssoSessions.has(session.value)
    ? { before: context.texts.get(given.configFile), text: context.texts.get(given.configFile) ?? "", config: given }
    : await withNewSession(session, given, options, context);
  const { configFile } = file.config;
  const target = planSessionSignIn({ options: {}, environment: effects.environment, config: file.config }, session);
  const only = prunes || accounts.length === 0 ? undefined : new Set(accounts.map(({ value }) => value));
  const assignments = await listSignedIn(target, only, options, context);
  const matching = matchingAssignments(assignments, accounts, roles);

  const old: OldProfiles = prunes
    ? profilesWithoutRole(session.value, assignments, file.config, file.text)
    : { unchanged: [], kept: [] };
  for (const { name, why } of old.kept) effects.warn(`the role of the profile "${name}" is gone; it stays: ${why}`);
  const candidates = candidatesOf(matching, format, session.value, file.config, old.unchanged);
  const added = isNamed ? candidates : prunes ? [] : await pick(candidates, context);
  const changes = { session: session.value, added, removed: old.unchanged };
  const after = changeProfiles(file.text, configFile, changes);
  const isDryRun = options.switch("dry-run");
  if (!isDryRun) write(file, after, effects.home);
  context.print(
    options.switch("json")
      ? jsonText({
          added: added.map(({ name, accountId, roleName }) => ({ name, account: accountId, role: roleName })),
          removed: old.unchanged,
        })
      : isDryRun
        ? unifiedDiff(configFile, file.before ?? "", after)
        : resultText(
            given.ssoSessions.has(session.value) ? undefined : session.value,
            added,
            old.unchanged,
            matching.length - candidates.length,
          ),
  );
  return 0;
}

function requireSession(given: Sourced<string> | undefined, { ssoSessions }: SharedConfig): Sourced<string> {
  if (given === undefined) {
    const known = [...ssoSessions.keys()];
    throw new RolecallError("missing-argument", "profiles add needs --sso-session NAME", {
      help: [known.length === 0 ? "use any name for a new session" : `use a new name, or one of: ${known.join(", ")}`],
    });
  }
  if (ssoSessions.has(given.value) || /^[\w.@+:-]+$/.test(given.value)) return given;
  throw invalidValue("name of an sso-session", given, ["use letters, digits and the characters _.@+:-"]);
}

function requireAccountId(given: Sourced<string>): Sourced<string> {
  if (/^\d{12}$/.test(given.value)) return given;
  throw invalidValue("account id", given, ["use the 12 digits, such as 123456789012"]);
}

/** @throws RolecallError `pick-impossible` if nobody can choose from a list. */
async function requirePicker(options: CommandOptions, { effects }: Context): Promise<void> {
  const why = options.switch("no-input")
    ? "--no-input forbids prompts"
    : effects.environment.TERM === "dumb"
      ? "the terminal cannot show a list (TERM=dumb)"
      : (await effects.hasTerminal())
        ? undefined
        : "there is no terminal";
  if (why === undefined) return;
  throw new RolecallError("pick-impossible", `the roles cannot be chosen from a list: ${why}`, {
    help: ["choose them with --account, --role-name or --all"],
  });
}

/** Asks for the start URL and the region of a session that has no section yet. */
async function withNewSession(
  session: Sourced<string>,
  config: SharedConfig,
  options: CommandOptions,
  context: Context,
): Promise<ConfigFile> {
  const { effects, configPaths, texts } = context;
  const unknown = () =>
    new RolecallError("sso-incomplete", `the section [sso-session ${session.value}] does not exist`, {
      at: session.from,
      help: [
        ...didYouMean(session.value, config.ssoSessions.keys()),
        "run the command at a terminal, without --no-input, to write the section",
      ],
    });
  if (options.switch("no-input") || !(await effects.hasTerminal())) throw unknown();
  await effects.showLines([`The sso-session "${session.value}" is new.`]);
  const startUrl = await askForStartUrl(context);
  const region = startUrl === undefined ? undefined : await signInContext(context).chooseRegion();
  if (startUrl === undefined || region === undefined) throw unknown();
  const before = texts.get(config.configFile);
  const text = withSession(before ?? "", { name: session.value, startUrl, region });
  const bytes = new TextEncoder().encode(text);
  const readFile = (path: string) => (path === config.configFile ? bytes : effects.readFile(path));
  return { before, text, config: loadSharedConfig(configPaths, readFile, new Map()) };
}

/** @returns undefined if the input ends. */
async function askForStartUrl({ effects }: Context): Promise<string | undefined> {
  for (;;) {
    const answer = (await effects.readLine("Start URL: "))?.trim();
    if (answer === undefined) return undefined;
    if (!/\s/.test(answer) && parseHttpUrl(answer)?.protocol === "https:") return answer;
    await effects.showLines(["Enter an https:// URL, such as https://d-1234567890.awsapps.com/start"]);
  }
}

/** Lists the accounts and roles. At a terminal, signs in first if there is no valid token. */
async function listSignedIn(
  target: IdentityCenterTarget,
  accountIds: ReadonlySet<string> | undefined,
  options: CommandOptions,
  context: Context,
): Promise<readonly Assignment[]> {
  const { effects } = context;
  try {
    return await listAssignments(target, accountIds, effects);
  } catch (error) {
    const needsSignIn = error instanceof RolecallError && error.code === "sso-login-needed" && !error.isTemporary;
    if (!needsSignIn || options.switch("no-input") || !(await effects.hasTerminal())) throw error;
  }
  await signIn(target, signInOptions(commandOptions("login", {}, effects.environment)), signInContext(context));
  return await listAssignments(target, accountIds, effects);
}

/** @throws RolecallError `invalid-option` for an account or a role that is not in the list. */
function matchingAssignments(
  assignments: readonly Assignment[],
  accounts: readonly Sourced<string>[],
  roles: readonly Sourced<string>[],
): readonly Assignment[] {
  const isNamed = (names: readonly Sourced<string>[], name: string) =>
    names.length === 0 || names.some(({ value }) => value === name);
  const notAssigned = (what: string, { from }: Sourced<string>, help: readonly string[]) =>
    new RolecallError("invalid-option", `${what} is assigned to you`, { at: from, help });
  for (const account of accounts) {
    if (assignments.some(({ accountId }) => accountId === account.value)) continue;
    throw notAssigned(`no role in the account ${account.value}`, account, []);
  }
  const inAccounts = assignments.filter(({ accountId }) => isNamed(accounts, accountId));
  const names = new Set(inAccounts.map(({ roleName }) => roleName));
  for (const role of roles) {
    if (!names.has(role.value)) throw notAssigned(`no role "${role.value}"`, role, didYouMean(role.value, names));
  }
  return inAccounts.filter(({ roleName }) => isNamed(roles, roleName));
}

/** The roles that have no profile yet. */
function candidatesOf(
  assignments: readonly Assignment[],
  format: string,
  session: string,
  { profiles }: SharedConfig,
  removed: readonly string[],
): readonly Candidate[] {
  const keyOf = (...parts: readonly (string | undefined)[]) => parts.join(" ");
  const existing = new Set(
    [...profiles.values()].map(({ settings }) => {
      const [name, account, role] = ["sso_session", "sso_account_id", "sso_role_name"].map((key) => settings.get(key));
      return keyOf(account?.value, role?.value, name?.value);
    }),
  );
  const missing = assignments.filter(({ accountId, roleName }) => !existing.has(keyOf(accountId, roleName, session)));
  const taken = [...profiles.keys()].filter((name) => !removed.includes(name));
  const names = profileNames(missing, format, session, taken);
  return missing.map((assignment, index) => ({ ...assignment, name: names[index] ?? "" }));
}

/** The person chooses, by the names that the profiles would get. */
async function pick(candidates: readonly Candidate[], { effects }: Context): Promise<readonly Candidate[]> {
  if (candidates.length === 0) return [];
  const choices = candidates.map((candidate) => ({
    candidate,
    value: candidate.name,
    note: `${candidate.accountId} ${candidate.accountName}: ${candidate.roleName}`,
  }));
  const chosen = await effects.showPrompt(multiPicker("profiles (Tab marks, Ctrl-A all)", choices));
  return (chosen ?? []).map(({ candidate }) => candidate);
}

/** @throws RolecallError `write-failed`. */
function write({ before, config: { configFile } }: ConfigFile, after: string, home: string): void {
  if (after === (before ?? "")) return;
  try {
    updateFile(configFile, before, after, home);
  } catch (cause) {
    throw new RolecallError("write-failed", `cannot write to ${configFile}: ${systemErrorMessage(cause)}`, {
      cause,
      help: cause instanceof FileChangedError ? ["run the command again"] : [],
    });
  }
}

/**
 * @param newSession the sso-session whose section was written.
 * @param existing the number of roles that had a profile before.
 */
function resultText(
  newSession: string | undefined,
  added: readonly Candidate[],
  removed: readonly string[],
  existing: number,
): string {
  const lines = [
    ...(newSession === undefined ? [] : [`added the sso-session ${newSession}`]),
    ...removed.map((name) => `removed ${name}`),
    ...added.map(({ name, accountId, roleName }) => `added ${name} (${roleName} in ${accountId})`),
  ];
  if (lines.length > 0) return lines.map((line) => `${line}\n`).join("");
  if (existing === 0) return "nothing to change\n";
  const count = existing === 1 ? "1 role has its profile" : `${existing} roles have their profiles`;
  return `nothing to change: ${count} already\n`;
}
