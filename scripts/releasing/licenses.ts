/** The text of THIRD_PARTY_LICENSES: the licences of everything in the executable that is not rolecall's own. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { RuntimeComponent } from "./bun_components.ts";
import type { BundledPackage } from "./bundled_packages.ts";
import type { DataSource } from "./data_sources.ts";

const RULE = "=".repeat(100);

export interface ThirdParties {
  readonly packages: readonly BundledPackage[];
  readonly dataSources: readonly DataSource[];
  readonly bun: RuntimeComponent;
  readonly bunVersion: string;
  readonly bunComponents: readonly RuntimeComponent[];
  /** The texts of the licences, by their SPDX identifiers. */
  readonly texts: ReadonlyMap<string, string>;
}

/** @throws Error if the text of a licence is missing. */
export function thirdPartyLicenses({
  packages,
  dataSources,
  bun,
  bunVersion,
  bunComponents,
  texts,
}: ThirdParties): string {
  const textOf = (id: string) => {
    const text = texts.get(id);
    if (text === undefined) throw new Error(`there is no text of the licence ${id}`);
    return text;
  };
  // Packages often have the same file: print it once.
  const byText = Map.groupBy(packages, ({ license, licenseText }) => licenseText ?? textOf(license));
  const named = [...dataSources, bun, ...bunComponents].flatMap(({ license }) => licenseIds(license));
  return `${[
    "rolecall is licensed under the Apache License 2.0 (file LICENSE). Its executable also contains the npm packages and the",
    "tables of part 1, and the JavaScript runtime Bun, part 2.",
    "",
    RULE,
    "Part 1: npm packages, and tables of data",
    RULE,
    "",
    ...dataSources.map(
      ({ name, version, license, copyright }) => `tables generated from ${name} ${version} (${license}): ${copyright}`,
    ),
    ...[...byText].flatMap(([text, group]) => [
      "",
      ...group.map(({ name, version, license }) => `${name} ${version} (${license})`),
      "",
      text,
      ...group.flatMap(({ name, notice }) => (notice === undefined ? [] : ["", `NOTICE of ${name}:`, "", notice])),
      "",
      RULE,
    ]),
    `Part 2: Bun ${bunVersion}`,
    RULE,
    "",
    "Bun links JavaScriptCore and other files of WebKit, and tinycc, statically. They are under the GNU (Library or Lesser)",
    "General Public License, which entitles you to change them and to use the changed library with this program. Their",
    "source is at the addresses below. Build Bun from its source with the changed library, as its LICENSE.md describes, and",
    "rolecall from its source with that Bun: ./scripts/release --executables --runtime FILE TARGET.",
    "",
    "This software is based in part on the work of the Independent JPEG Group.",
    "",
    ...[bun, ...bunComponents].flatMap(({ name, url, license, copyright }) => [
      `${name} (${license})`,
      `  ${url}`,
      ...copyright.map((line) => `  ${line}`),
      "",
    ]),
    ...[...new Set(named)].sort().flatMap((id) => [RULE, id, RULE, "", textOf(id), ""]),
  ].join("\n")}`;
}

/** Returns the licences and exceptions of an SPDX expression: `Apache-2.0 WITH LLVM-exception` has two. */
export function licenseIds(expression: string): string[] {
  return expression
    .split(/ (?:AND|OR|WITH) /)
    .map((id) => id.replace(/^\(|\)$/g, "").replace(/-(?:only|or-later)$/, ""));
}

/** Reads the texts of the licences that the packages and Bun's components have. */
export function readLicenseTexts(root: string): ReadonlyMap<string, string> {
  const folder = join(root, "scripts", "releasing", "licenses");
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  const read = (file: string) => readFileSync(file, "utf8").trim();
  return new Map([
    ["Apache-2.0", read(join(root, "LICENSE"))],
    ...files.map((name) => [basename(name, ".txt"), read(join(folder, name))] as const),
  ]);
}
