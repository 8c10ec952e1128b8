/** Turns what botocore and the AWS CLI publish into the TypeScript files of src/domain/data/. */
import { evaluateRules, type PartitionData, type Rule, regionsOfRules, type Values } from "./endpoint_rules.ts";
import { type Versions, withHeader } from "./generated_file.ts";

/** The output of read_packages.py. */
export interface PackageData {
  readonly versions: { readonly botocore: string; readonly awscli: string };
  readonly partitions: readonly PartitionData[];
  readonly services: Readonly<Record<string, Service>>;
  readonly keys: {
    readonly profile: Readonly<Record<string, string>>;
    readonly blocks: Readonly<Record<string, readonly string[]>>;
    readonly ssoSession: readonly string[];
  };
}

interface Service {
  readonly rules: readonly Rule[];
  readonly parameters: Values;
}

/** The variants of an endpoint, with the parameters of the rules that ask for them. */
const VARIANTS = {
  plain: { UseFIPS: false, UseDualStack: false },
  fips: { UseFIPS: true, UseDualStack: false },
  dualStack: { UseFIPS: false, UseDualStack: true },
  fipsDualStack: { UseFIPS: true, UseDualStack: true },
};

/** The variants that only some services have. */
const MORE_VARIANTS: Readonly<Record<string, Readonly<Record<string, Values>>>> = {
  sts: { global: { UseFIPS: false, UseDualStack: false, UseGlobalEndpoint: true } },
};

/** The placeholder for the region in a URL. No rule mentions a region of this name. */
const REGION = "{region}";

/**
 * The files, by their name in src/domain/data/.
 *
 * @param format formats TypeScript.
 */
export function dataFiles(
  { versions, partitions, services, keys }: PackageData,
  format: (code: string) => string,
): Readonly<Record<string, string>> {
  const { botocore } = versions;
  const file = (description: readonly string[], from: Versions, tables: Readonly<Record<string, unknown>>) =>
    withHeader(description, from, format(codeOf(tables)));
  return {
    "partitions.ts": file(
      ["The AWS partitions. A region belongs to the partition that lists it, else to the one whose pattern matches."],
      { botocore },
      { PARTITIONS: partitions.map(partitionRow) },
    ),
    "endpoints.ts": file(
      [
        "The URLs of the services that rolecall calls, by service, partition and variant.",
        `${REGION} is the region. REGIONAL_ENDPOINTS has the regions whose URLs differ.`,
      ],
      { botocore },
      {
        ENDPOINTS: mapValues(services, (service, name) => endpoints(service, variantsOf(name), partitions)),
        REGIONAL_ENDPOINTS: mapValues(services, (service, name) => exceptions(service, variantsOf(name), partitions)),
      },
    ),
    "config_keys.ts": file(
      [
        "The keys of the config file that botocore and the AWS CLI v1 read, with the kind of their value.",
        "BLOCK_KEYS has the keys of each block that is known; a block that is not listed there takes any.",
      ],
      versions,
      { PROFILE_KEY_KINDS: keys.profile, BLOCK_KEYS: keys.blocks, SSO_SESSION_KEYS: keys.ssoSession },
    ),
  };
}

function codeOf(tables: Readonly<Record<string, unknown>>): string {
  return Object.entries(tables)
    .map(([name, table]) => `export const ${name} = ${JSON.stringify(table, undefined, 2)} as const;\n`)
    .join("\n");
}

function partitionRow({ id, regionRegex, regions }: PartitionData) {
  return { name: id, regionPattern: regionRegex, regions: Object.keys(regions).sort() };
}

type Variants = Readonly<Record<string, Values>>;

function variantsOf(service: string): Variants {
  return { ...VARIANTS, ...MORE_VARIANTS[service] };
}

function endpoints(service: Service, variants: Variants, partitions: readonly PartitionData[]) {
  return Object.fromEntries(partitions.map((partition) => [partition.id, urls(service, variants, partition, REGION)]));
}

/** Only the URLs that the partition's template does not produce. */
function exceptions(service: Service, variants: Variants, partitions: readonly PartitionData[]) {
  const rows = regionsOfRules(service.rules).map((region) => {
    const partition = partitions.find(({ regions }) => region in regions);
    if (partition === undefined) throw new Error(`no partition has the region ${region}`);
    const usual = urls(service, variants, partition, REGION);
    const own = Object.entries(urls(service, variants, partition, region));
    return [
      region,
      Object.fromEntries(own.filter(([variant, url]) => url !== usual[variant]?.replace(REGION, region))),
    ];
  });
  return Object.fromEntries(rows.filter(([, urls]) => Object.keys(urls ?? {}).length > 0));
}

function urls({ rules, parameters }: Service, variants: Variants, partition: PartitionData, region: string) {
  return mapValues(variants, (variant) =>
    evaluateRules(rules, { ...parameters, ...variant, Region: region }, partition),
  );
}

function mapValues<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
