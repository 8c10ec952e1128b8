/** The documents about what is in the executable: the bill of materials and THIRD_PARTY_LICENSES. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { default as addFormats } from "ajv-formats";
import { BUN, BUN_COMPONENTS } from "../../../scripts/releasing/bun_components.ts";
import {
  type BundledPackage,
  bundledFolders,
  lockedHash,
  readBundledPackages,
} from "../../../scripts/releasing/bundled_packages.ts";
import { licenseIds, readLicenseTexts, thirdPartyLicenses } from "../../../scripts/releasing/licenses.ts";
import { sbom } from "../../../scripts/releasing/sbom.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SCHEMAS = join(ROOT, "node_modules", "@cyclonedx", "cyclonedx-library", "res", "schema");
const readJson = (file: string) => JSON.parse(readFileSync(file, "utf8"));

/** A metafile that says that one byte of each of the packages was bundled. */
const metafileOf = (...packages: string[]) => ({
  outputs: {
    "main.js": {
      inputs: Object.fromEntries(packages.map((name) => [`node_modules/${name}/index.js`, { bytesInOutput: 1 }])),
    },
  },
});

const PACKAGES = readBundledPackages(ROOT, [metafileOf("cac", "smol-toml", "@aws-sdk/client-sts", "@smithy/core")]);
const MATERIALS = {
  ...{ version: "1.2.3", commit: "0a".repeat(20), time: 1_700_000_000 },
  ...{ packages: PACKAGES, bun: BUN, bunVersion: "1.4.5", bunComponents: BUN_COMPONENTS },
};

describe("the bundled packages", () => {
  test("are those that gave bytes to the output, without the nested folders", () => {
    const inputs = {
      "src/main.ts": { bytesInOutput: 9 },
      "node_modules/@a/b/dist/x.js": { bytesInOutput: 1 },
      "node_modules/@a/b/dist/y.js": { bytesInOutput: 1 },
      "node_modules/unused/x.js": { bytesInOutput: 0 },
      "node_modules/c/node_modules/d/x.js": { bytesInOutput: 1 },
    };
    const other = {
      outputs: { "chunk.js": {}, "windows.js": { inputs: { "node_modules/e/x.js": { bytesInOutput: 1 } } } },
    };
    expect(bundledFolders([{ outputs: { "main.js": { inputs } } }, other])).toEqual([
      "node_modules/@a/b",
      "node_modules/c/node_modules/d",
      "node_modules/e",
    ]);
  });

  test("have the version and licence of the package, and the hash of the lockfile", () => {
    const cac = PACKAGES.find(({ name }) => name === "cac");
    expect(cac).toMatchObject({
      name: "cac",
      version: readJson(join(ROOT, "package.json")).dependencies.cac,
      license: "MIT",
    });
    expect(cac?.licenseText).toContain("Permission is hereby granted");
    expect(cac?.sha512).toMatch(/^[\da-f]{128}$/);
    const base64 = Buffer.from(cac?.sha512 ?? "", "hex").toString("base64");
    expect(readFileSync(join(ROOT, "bun.lock"), "utf8")).toContain(`sha512-${base64}`);
  });

  test("without a hash in the lockfile are an error", () => {
    expect(() => lockedHash('"a": ["a@1.0.0", "", {}, ""],', "a", "1.0.0")).toThrow("bun.lock has no hash of a 1.0.0");
    expect(() => lockedHash("", "a", "1.0.0")).toThrow("bun.lock has no hash of a 1.0.0");
  });
});

describe("the bill of materials", () => {
  const document = JSON.parse(sbom(MATERIALS));

  test("is valid CycloneDX 1.6", () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    for (const format of ["iri-reference", "idn-email"]) ajv.addFormat(format, true);
    for (const file of ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"]) {
      ajv.addSchema(readJson(join(SCHEMAS, file)), `http://cyclonedx.org/schema/${file}`);
    }
    const validate = ajv.compile(readJson(join(SCHEMAS, "bom-1.6.SNAPSHOT.schema.json")));
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...document, serialNumber: "1" })).toBe(false);
  });

  test("names the release, its commit and the time of it", () => {
    expect(document.metadata.timestamp).toBe("2023-11-14T22:13:20.000Z");
    expect(document.metadata.component).toMatchObject({ name: "rolecall", version: "1.2.3" });
    expect(document.metadata.component.properties).toEqual([{ name: "commit", value: "0a".repeat(20) }]);
  });

  test("lists each package with its hash, and Bun with its components", () => {
    const names = document.components.map(({ group, name }: { group?: string; name: string }) =>
      group === undefined ? name : `${group}/${name}`,
    );
    expect(names).toEqual(["@aws-sdk/client-sts", "@smithy/core", "cac", "smol-toml", "bun"]);
    const [sts] = document.components;
    expect(sts.purl).toBe(`pkg:npm/%40aws-sdk/client-sts@${PACKAGES[0]?.version}`);
    expect(sts.hashes).toEqual([{ alg: "SHA-512", content: PACKAGES[0]?.sha512 }]);
    const bun = document.components.at(-1);
    expect(bun.components).toHaveLength(BUN_COMPONENTS.length);
    expect(bun.components[0]).toMatchObject({
      name: "JavaScriptCore and WebKit",
      licenses: [{ expression: "LGPL-2.0-or-later AND BSD-2-Clause" }],
    });
  });

  test("has the dependencies between them", () => {
    const of = (name: string) =>
      document.dependencies.find(({ ref }: { ref: string }) => ref.startsWith(`pkg:${name}@`))?.dependsOn;
    const version = (wanted: string) => PACKAGES.find(({ name }) => name === wanted)?.version;
    expect(of("github/rolecall/rolecall")).toEqual([
      `pkg:npm/%40aws-sdk/client-sts@${version("@aws-sdk/client-sts")}`,
      "pkg:npm/bun@1.4.5",
      `pkg:npm/cac@${version("cac")}`,
      `pkg:npm/smol-toml@${version("smol-toml")}`,
    ]);
    expect(of("npm/%40aws-sdk/client-sts")).toEqual([`pkg:npm/%40smithy/core@${version("@smithy/core")}`]);
    expect(of("npm/cac")).toEqual([]);
  });

  test("is the same text for the same materials, and has another serial number for others", () => {
    expect(sbom(MATERIALS)).toBe(sbom(MATERIALS));
    expect(JSON.parse(sbom({ ...MATERIALS, commit: "0b".repeat(20) })).serialNumber).not.toBe(document.serialNumber);
  });
});

describe("THIRD_PARTY_LICENSES", () => {
  const texts = readLicenseTexts(ROOT);
  const text = thirdPartyLicenses({ ...MATERIALS, texts });

  test("names every package and every component of Bun, with its licence", () => {
    for (const { name, version, license } of PACKAGES) expect(text).toContain(`\n${name} ${version} (${license})\n`);
    for (const { name, license } of [BUN, ...BUN_COMPONENTS]) expect(text).toContain(`\n${name} (${license})\n`);
  });

  test("has the text of every licence, and each file of a package once", () => {
    for (const { licenseText } of PACKAGES) {
      if (licenseText !== undefined) expect(text.split(licenseText)).toHaveLength(2);
    }
    for (const id of BUN_COMPONENTS.flatMap(({ license }) => licenseIds(license))) {
      expect(text).toContain(texts.get(id) ?? "missing");
    }
    expect(text).toContain("GNU LIBRARY GENERAL PUBLIC LICENSE");
    expect(text).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
  });

  test("has the common text for a package without a licence file, and the NOTICE files", () => {
    const bare: BundledPackage = {
      ...{ name: "bare", version: "1.0.0", license: "MIT", licenseText: undefined, notice: "Made by Bare." },
      ...{ sha512: "00", dependencies: [] },
    };
    const only = thirdPartyLicenses({ ...MATERIALS, packages: [bare], bunComponents: [], texts });
    expect(only).toContain(`\nbare 1.0.0 (MIT)\n\n${texts.get("MIT")}\n\nNOTICE of bare:\n\nMade by Bare.\n`);
  });

  test("is not written if the text of a licence is missing", () => {
    const write = () => thirdPartyLicenses({ ...MATERIALS, texts: new Map([["MIT", "text"]]) });
    expect(write).toThrow("there is no text of the licence");
  });

  test.each([
    ["MIT", ["MIT"]],
    ["LGPL-2.0-or-later AND BSD-2-Clause", ["LGPL-2.0", "BSD-2-Clause"]],
    ["Apache-2.0 WITH LLVM-exception", ["Apache-2.0", "LLVM-exception"]],
  ])("the licences of the expression %s", (expression, ids) => {
    expect(licenseIds(expression)).toEqual(ids);
  });
});
