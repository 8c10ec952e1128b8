/** `rolecall cache list` and `rolecall cache clear`. */
import { cacheFolder } from "../../cache/cache.ts";
import { type CacheItem, clearCache, listCacheFiles } from "../../cache/inventory.ts";
import { type Login, listLogins } from "../../cache/logins.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CACHE_SUBCOMMANDS } from "../../domain/option_table.ts";
import { renderCache, renderCleared } from "../../report/cache.ts";
import { jsonText } from "../../report/json_text.ts";
import { loginCacheFolder, loginSessionFile } from "../../sources/login.ts";
import { ssoCacheFolder, ssoTokenPath } from "../../sources/sso.ts";
import { didYouMean } from "../../text/suggest.ts";
import { systemErrorMessage } from "../../text/system_error.ts";
import { formatUtc } from "../../text/timestamp.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors } from "../output_style.ts";

/** @returns the exit code 0. */
export async function cache(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  const { effects } = context;
  const subcommand = parseSubcommand(positionals);
  const folder = cacheFolder(effects.home);
  if (subcommand === "list") {
    const all = options.text("all");
    if (all !== undefined && "option" in all.from) {
      throw new RolecallError("option-conflict", "cache list has no option --all", {
        at: all.from,
        help: ["use --all with cache clear"],
      });
    }
    const items = await listCacheFiles(folder, effects);
    const logins = loginsOf(context);
    context.print(
      options.switch("json")
        ? jsonText([...items.map(publicItem), ...logins.map(publicLogin)])
        : renderCache(items, logins, folder, effects.now(), outputColors(options, context)),
    );
    return 0;
  }
  const cleared = await clearCache(folder, options.switch("all"), effects);
  const { removed, kept } = cleared;
  context.print(
    options.switch("json")
      ? jsonText({ removed: removed.map(publicItem), kept: kept.map(publicItem) })
      : renderCleared(cleared),
  );
  return 0;
}

/** @throws RolecallError `file-unreadable` if a folder cannot be read. */
function loginsOf(context: Context): readonly Login[] {
  const { effects } = context;
  const folders = { sso: ssoCacheFolder(effects.home), console: loginCacheFolder(effects) };
  try {
    return listLogins(folders, sessionNames(context), effects.now());
  } catch (cause) {
    throw new RolecallError("file-unreadable", `the logins cannot be read: ${systemErrorMessage(cause)}`, { cause });
  }
}

/** The names of the sessions in the config file, by the path of the file of their token. */
function sessionNames({ effects, readConfig }: Context): ReadonlyMap<string, string> {
  try {
    const { ssoSessions, profiles } = readConfig();
    const consoleSessions = new Set([...profiles.values()].map(({ settings }) => settings.get("login_session")?.value));
    return new Map([
      ...[...ssoSessions.keys()].map((name) => [ssoTokenPath(name, effects.home), name] as const),
      ...[...consoleSessions].flatMap((arn) => (arn ? [[loginSessionFile(arn, effects), arn] as const] : [])),
    ]);
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    effects.trace(`the sessions have no names: ${error.message}`);
    return new Map();
  }
}

/** @throws RolecallError `missing-argument`, or `unexpected-argument` for an unknown subcommand or a further argument. */
function parseSubcommand([name, extra]: readonly string[]): (typeof CACHE_SUBCOMMANDS)[number] {
  if (name === undefined) {
    throw new RolecallError("missing-argument", "no subcommand given", {
      help: ["run rolecall cache list or rolecall cache clear"],
    });
  }
  const subcommand = CACHE_SUBCOMMANDS.find((known) => known === name);
  if (subcommand === undefined) {
    throw new RolecallError("unexpected-argument", `unknown subcommand "${name}"`, {
      help: didYouMean(name, CACHE_SUBCOMMANDS, "use list or clear"),
    });
  }
  if (extra !== undefined) throw new RolecallError("unexpected-argument", `unexpected argument "${extra}"`);
  return subcommand;
}

function publicLogin({ expiration, registrationExpiration, ...login }: Login): object {
  return {
    ...login,
    expiration: expiration && formatUtc(expiration),
    registrationExpiration: registrationExpiration && formatUtc(registrationExpiration),
  };
}

/** An item in the JSON output. It has the documented keys only. */
function publicItem(item: CacheItem): object {
  const { kind, file } = item;
  switch (kind) {
    case "lock":
      return { kind, file, held: item.held, holder: item.holder };
    case "unreadable":
      return { kind, file, why: item.why };
    case "left-over":
      return { kind, file };
    default:
      return {
        kind,
        file,
        session: item.session,
        accountId: item.accountId,
        expiration: item.expiration && formatUtc(item.expiration),
      };
  }
}
