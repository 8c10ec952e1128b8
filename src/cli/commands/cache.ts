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
  const verb = verbOf(positionals);
  const folder = cacheFolder(effects.home);
  if (verb === "list") {
    const all = options.text("all");
    if (all !== undefined && "option" in all.from) {
      throw new RolecallError("option-conflict", "--all belongs to cache clear", { at: all.from });
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

function verbOf(positionals: readonly string[]): (typeof CACHE_SUBCOMMANDS)[number] {
  const [verb, more] = positionals;
  if (verb === undefined) {
    throw new RolecallError("missing-argument", "cache needs a word: list or clear", {
      help: ["rolecall cache list shows what is cached; rolecall cache clear forgets it"],
    });
  }
  if (more !== undefined) throw new RolecallError("unexpected-argument", `cache ${verb} takes no argument "${more}"`);
  const known = CACHE_SUBCOMMANDS.find((word) => word === verb);
  if (known !== undefined) return known;
  throw new RolecallError("unexpected-argument", `cache cannot "${verb}"`, {
    help: didYouMean(verb, CACHE_SUBCOMMANDS, "it can list and clear"),
  });
}

/** An item for programs: what `--json` promises, and no more. */
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
