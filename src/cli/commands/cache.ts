/** `rolecall cache list` and `rolecall cache clear`. */
import { cacheFolder } from "../../cache/cache.ts";
import { type CacheItem, clearCache, listCacheFiles } from "../../cache/inventory.ts";
import { RolecallError } from "../../domain/errors.ts";
import { CACHE_SUBCOMMANDS } from "../../domain/option_table.ts";
import { renderCache, renderCleared } from "../../report/cache.ts";
import { jsonText } from "../../report/json_text.ts";
import { didYouMean } from "../../text/suggest.ts";
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
    context.print(
      options.switch("json")
        ? jsonText(items.map(publicItem))
        : renderCache(items, folder, effects.now(), outputColors(options, context)),
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
