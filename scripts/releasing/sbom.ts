/** The software bill of materials of a release, in the format CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
import { createHash } from "node:crypto";
import type { RuntimeComponent } from "./bun_components.ts";
import type { BundledPackage } from "./bundled_packages.ts";
import type { DataSource } from "./data_sources.ts";

export interface Materials {
  readonly version: string;
  readonly commit: string;
  /** The time of the commit, in seconds since the epoch. */
  readonly time: number;
  readonly packages: readonly BundledPackage[];
  /** The names of the packages that rolecall itself imports. */
  readonly imported: readonly string[];
  readonly dataSources: readonly DataSource[];
  readonly bun: RuntimeComponent;
  readonly bunVersion: string;
  readonly bunComponents: readonly RuntimeComponent[];
}

const REPOSITORY = "https://github.com/rolecall/rolecall";

/** Returns the document as JSON. Equal materials give equal text. */
export function sbom(materials: Materials): string {
  const { packages } = materials;
  const program = `pkg:github/rolecall/rolecall@v${materials.version}`;
  const runtime = `pkg:npm/bun@${materials.bunVersion}`;
  const references = new Map(packages.map((each) => [each.name, packageUrl(each.name, each.version)]));
  const dependsOn = (names: readonly string[]) => names.flatMap((name) => references.get(name) ?? []).sort();
  const data = materials.dataSources.map(dataComponent);

  const content = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(materials.time * 1000).toISOString(),
      lifecycles: [{ phase: "build" }],
      component: {
        type: "application",
        "bom-ref": program,
        name: "rolecall",
        version: materials.version,
        licenses: [{ license: { id: "Apache-2.0" } }],
        purl: program,
        externalReferences: [{ type: "vcs", url: REPOSITORY }],
        properties: [{ name: "commit", value: materials.commit }],
      },
    },
    components: [...packages.map(packageComponent), ...data, runtimeComponent(runtime, materials)],
    dependencies: [
      { ref: program, dependsOn: [...dependsOn(materials.imported), runtime].sort() },
      ...packages.map(({ name, version, dependencies }) => ({
        ref: packageUrl(name, version),
        dependsOn: dependsOn(dependencies),
      })),
      { ref: runtime },
    ],
  };
  const { bomFormat, specVersion, ...rest } = content;
  const document = { bomFormat, specVersion, serialNumber: serialNumber(JSON.stringify(content)), ...rest };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function packageComponent({ name, version, license, sha512 }: BundledPackage): object {
  const [, group, bare = name] = /^(@[^/]+)\/(.*)$/.exec(name) ?? [];
  return {
    type: "library",
    "bom-ref": packageUrl(name, version),
    ...(group === undefined ? {} : { group }),
    name: bare,
    version,
    hashes: [{ alg: "SHA-512", content: sha512 }],
    licenses: licenses(license),
    purl: packageUrl(name, version),
  };
}

/** The tables are in the executable, but the package is not: so they are data, not a library. */
function dataComponent({ name, version, license, copyright }: DataSource): object {
  return {
    type: "data",
    name: `tables from ${name}`,
    version,
    licenses: licenses(license),
    copyright,
    externalReferences: [{ type: "website", url: `https://pypi.org/project/${name}/${version}/` }],
  };
}

function runtimeComponent(reference: string, { bun, bunVersion, bunComponents }: Materials): object {
  return {
    type: "platform",
    "bom-ref": reference,
    name: bun.name,
    version: bunVersion,
    description: "the JavaScript runtime, linked into the executable",
    licenses: licenses(bun.license),
    purl: reference,
    externalReferences: [{ type: "vcs", url: bun.url }],
    components: bunComponents.map(({ name, url, license, copyright }) => ({
      type: "library",
      name,
      licenses: licenses(license),
      copyright: copyright.join("; "),
      externalReferences: [{ type: "website", url }],
    })),
  };
}

function licenses(expression: string): object[] {
  return expression.includes(" ") ? [{ expression }] : [{ license: { id: expression } }];
}

/** Returns the package URL of an npm package; the "@" of a scope is encoded there. */
function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** Returns a UUID that is computed from the content, so that it is the same for every build: RFC 9562, version 8. */
function serialNumber(content: string): string {
  const digits = createHash("sha256").update(content).digest("hex");
  const variant = ((Number.parseInt(digits[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`];
  return `urn:uuid:${[...parts, `${variant}${digits.slice(17, 20)}`, digits.slice(20, 32)].join("-")}`;
}
