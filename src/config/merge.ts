/** Merges the two parsed files into profiles, as botocore's `build_profile_map` and `Session.full_config` do. */
import type { IniDocument, IniSection } from "../ini/document.ts";
import { layered } from "../ini/layered_map.ts";
import { LazyMap } from "../ini/lazy_map.ts";
import { splitCommandLine } from "./command_line.ts";
import type { SharedConfigPaths } from "./locate.ts";
import type { FileSection, Profile, SharedConfig } from "./shared_config.ts";

/**
 * Merges the files. For a profile in both, each key of the credentials file overrides that of the config file.
 *
 * @param config undefined if the file does not exist.
 * @param credentials undefined if the file does not exist.
 */
export function mergeSharedConfig(
  config: IniDocument | undefined,
  credentials: IniDocument | undefined,
  paths: SharedConfigPaths,
): SharedConfig {
  const { profiles, ssoSessions, services, unknown, lookalikes, replaced } = sortSections(
    config?.sections.keys() ?? [],
  );
  // In the credentials file, every section is a profile with the exact name of the section, even `profile a`.
  const names = new Map<string, string | null>(profiles);
  for (const name of credentials?.sections.keys() ?? []) if (!names.has(name)) names.set(name, null);
  const inConfig = (section: string | null) =>
    fileSection(section === null ? undefined : config?.sections.get(section));
  const inCredentials = (section: string) => fileSection(credentials?.sections.get(section));
  return {
    ...paths,
    profiles: new LazyMap(names, (section, name) => mergeProfile(name, inConfig(section), inCredentials(name))),
    ssoSessions: new LazyMap(ssoSessions, inConfig),
    services: new LazyMap(services, inConfig),
    unknownSections: new LazyMap(unknown, inConfig),
    lookalikes,
    replacedSections: replaced.flatMap(([section, by]) => {
      const pair = { section: inConfig(section), by: inConfig(by) };
      return pair.section === undefined || pair.by === undefined ? [] : [{ section: pair.section, by: pair.by }];
    }),
  };
}

/** The names of sections of the config file, by the names that they define. */
interface SortedSections extends Pick<SharedConfig, "lookalikes"> {
  readonly profiles: ReadonlyMap<string, string>;
  readonly ssoSessions: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, string>;
  readonly unknown: ReadonlyMap<string, string>;
  readonly replaced: readonly (readonly [section: string, by: string])[];
}

/** Sorts the config file's sections by kind. The later of `[default]` and `[profile default]` replaces the earlier one. */
function sortSections(sections: Iterable<string>): SortedSections {
  const profiles = new Map<string, string>();
  const ssoSessions = new Map<string, string>();
  const services = new Map<string, string>();
  const unknown = new Map<string, string>();
  const lookalikes = new Map<string, string>();
  const replaced: (readonly [section: string, by: string])[] = [];
  const add = (kind: Map<string, string>, name: string, section: string) => {
    const earlier = kind.get(name);
    if (earlier !== undefined) replaced.push([earlier, section]);
    kind.set(name, section);
  };
  for (const section of sections) {
    const profile = profileNameOf(section);
    if (profile !== undefined) {
      add(profiles, profile, section);
      continue;
    }
    const session = nameAfter("sso-session", section);
    const service = nameAfter("services", section);
    if (session !== undefined) add(ssoSessions, session, section);
    else if (service !== undefined) add(services, service, section);
    else {
      unknown.set(section, section);
      const bare = section.trim();
      if (!lookalikes.has(bare)) lookalikes.set(bare, section);
    }
  }
  return { profiles, ssoSessions, services, unknown, lookalikes, replaced };
}

/** The name of the profile that a section of the config file defines; undefined if it defines none. */
export function profileNameOf(section: string): string | undefined {
  return section === "default" ? section : nameAfter("profile", section);
}

/** A name that needs no quotes. */
const PLAIN_NAME = /^[\w.@+/:-]+$/;

/**
 * The name after a prefix. botocore only checks that the section starts with the prefix and has two words, so that
 * `[profiles a]` is a profile, too.
 */
function nameAfter(prefix: string, section: string): string | undefined {
  if (!section.startsWith(prefix)) return undefined;
  const rest = section.slice(prefix.length + 1);
  if (section.charAt(prefix.length) === " " && PLAIN_NAME.test(rest)) return rest;
  const split = splitCommandLine(section);
  return "argv" in split && split.argv.length === 2 ? split.argv[1] : undefined;
}

function fileSection(section: IniSection | undefined): FileSection | undefined {
  return section && { name: section.name, from: section.from, settings: section.entries, own: section.own };
}

const NO_SETTINGS: FileSection["settings"] = new Map();

function mergeProfile(
  name: string,
  inConfig: FileSection | undefined,
  inCredentials: FileSection | undefined,
): Profile | undefined {
  const from = inConfig?.from ?? inCredentials?.from;
  if (from === undefined) return undefined;
  const settings = layered(inCredentials?.settings ?? NO_SETTINGS, inConfig?.settings ?? NO_SETTINGS);
  return { name, from, settings, inConfig, inCredentials };
}
