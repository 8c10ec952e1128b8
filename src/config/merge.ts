/** Merges the two parsed files into profiles, as botocore's `build_profile_map` and `Session.full_config` do. */
import type { IniDocument, IniSection } from "../ini/document.ts";
import { layered } from "../ini/layered_map.ts";
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
  const sections = sortSections(config?.sections ?? []);
  // In the credentials file, every section is a profile with the exact name of the section, even `profile a`.
  const inCredentials = new Map((credentials?.sections ?? []).map((section) => [section.name, fileSection(section)]));
  const names = new Set([...sections.profiles.keys(), ...inCredentials.keys()]);
  const profiles = new Map<string, Profile>();
  for (const name of names) {
    const profile = mergeProfile(name, sections.profiles.get(name), inCredentials.get(name));
    if (profile !== undefined) profiles.set(name, profile);
  }
  return {
    ...paths,
    profiles,
    ssoSessions: sections.ssoSessions,
    services: sections.services,
    unknownSections: sections.unknown,
    replacedSections: sections.replaced,
  };
}

interface SortedSections {
  readonly profiles: ReadonlyMap<string, FileSection>;
  readonly ssoSessions: ReadonlyMap<string, FileSection>;
  readonly services: ReadonlyMap<string, FileSection>;
  readonly unknown: readonly FileSection[];
  readonly replaced: SharedConfig["replacedSections"];
}

/** Sorts the config file's sections by kind. The later of `[default]` and `[profile default]` replaces the earlier one. */
function sortSections(sections: readonly IniSection[]): SortedSections {
  const profiles = new Map<string, FileSection>();
  const ssoSessions = new Map<string, FileSection>();
  const services = new Map<string, FileSection>();
  const unknown: FileSection[] = [];
  const replaced: { section: FileSection; by: FileSection }[] = [];
  const add = (kind: Map<string, FileSection>, name: string, section: FileSection) => {
    const earlier = kind.get(name);
    if (earlier !== undefined) replaced.push({ section: earlier, by: section });
    kind.set(name, section);
  };
  for (const iniSection of sections) {
    const section = fileSection(iniSection);
    const profile = profileNameOf(section.name);
    if (profile !== undefined) {
      add(profiles, profile, section);
      continue;
    }
    const session = nameAfter("sso-session", section.name);
    const service = nameAfter("services", section.name);
    if (session !== undefined) add(ssoSessions, session, section);
    else if (service !== undefined) add(services, service, section);
    else unknown.push(section);
  }
  return { profiles, ssoSessions, services, unknown, replaced };
}

/** The name of the profile that a section of the config file defines; undefined if it defines none. */
export function profileNameOf(section: string): string | undefined {
  return section === "default" ? section : nameAfter("profile", section);
}

/**
 * The name after a prefix. botocore only checks that the section starts with the prefix and has two words, so that
 * `[profiles a]` is a profile, too.
 */
function nameAfter(prefix: string, section: string): string | undefined {
  if (!section.startsWith(prefix)) return undefined;
  const split = splitCommandLine(section);
  return "argv" in split && split.argv.length === 2 ? split.argv[1] : undefined;
}

function fileSection({ name, from, entries, own }: IniSection): FileSection {
  return { name, from, settings: entries, own };
}

function mergeProfile(
  name: string,
  inConfig: FileSection | undefined,
  inCredentials: FileSection | undefined,
): Profile | undefined {
  const from = inConfig?.from ?? inCredentials?.from;
  if (from === undefined) return undefined;
  const noSettings: FileSection["settings"] = new Map();
  const settings = layered(inCredentials?.settings ?? noSettings, inConfig?.settings ?? noSettings);
  return { name, from, settings, inConfig, inCredentials };
}
