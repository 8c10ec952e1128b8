/** The architecture: which layer imports which, and what the code must not do. docs/architecture.md gives the reasons. */
import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Glob } from "bun";
import { buildSettings } from "../../scripts/compile.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The layers of src/, lowest first, each with the layers below it that it imports from. All may import domain/ and text/. */
const LAYERS = {
  ini: [],
  config: ["ini"],
  http: [],
  files: [],
  runtime: ["http", "files"],
  metadata: ["http"],
  plan: ["config"],
  sts: ["http", "runtime", "plan"],
  cache: ["files", "runtime", "plan"],
  serve: ["http", "runtime", "plan"],
  deliver: ["ini", "config", "http", "plan"],
  completion: [],
  sources: ["config", "http", "files", "metadata", "plan", "sts", "cache"],
  login: ["ini", "config", "http", "files", "runtime", "plan", "cache", "sources"],
  resolve: ["config", "http", "plan", "sts", "cache", "sources"],
  probe: ["config", "http", "runtime", "metadata", "plan", "sts", "sources"],
  lint: ["ini", "config", "files", "plan", "cache", "sources"],
  report: ["ini", "runtime", "plan", "sts", "cache", "resolve", "probe", "lint"],
  cli: [
    ...["config", "files", "runtime", "plan", "sts", "cache", "serve", "deliver", "completion", "sources", "login"],
    ...["resolve", "probe", "lint", "report"],
  ],
  main: ["cli"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The layers that every layer may import. domain/ imports nothing, text/ only domain/. */
const SHARED = ["domain", "text"];

interface Import {
  readonly from: string;
  /** The text between the quotes. */
  readonly specifier: string;
  /** The path below src/; undefined for a package or a built-in module. */
  readonly file: string | undefined;
}

/** Every file of src/, by its path below it. */
const FILES: ReadonlyMap<string, string> = new Map(
  [...new Glob("**/*.ts").scanSync(`${ROOT}src`)]
    .sort()
    .map((path) => [path, readFileSync(`${ROOT}src/${path}`, "utf8")]),
);

/** The files without comments, so that the searches below find only code. */
const CODE: ReadonlyMap<string, string> = new Map(
  [...FILES].map(([path, text]) => [path, text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1")]),
);

const IMPORTS: readonly Import[] = [...CODE].flatMap(([from, code]) =>
  [...code.matchAll(/^import\b[^;"]*?"([^"\n]+)"|\b(?:import|getBuiltinModule)\("([^"\n]+)"\)/gm)].map((match) => {
    const specifier = match[1] ?? match[2] ?? "";
    const file = specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
    return { from, specifier, file };
  }),
);

/** The layer of a file: its first folder, or its own name where it is in none. */
function layerOf(file: string): string {
  return file.split("/")[0]?.replace(/\.ts$/, "") ?? file;
}

/** The matches of the pattern in the code, as `file: match`. */
function found(pattern: RegExp, except: (file: string) => boolean = () => false): string[] {
  return [...CODE]
    .filter(([file]) => !except(file))
    .flatMap(([file, code]) => [...code.matchAll(pattern)].map(([text]) => `${file}: ${text.trim()}`));
}

test("the imports are found", () => {
  expect(FILES.size).toBeGreaterThan(150);
  for (const [from, file] of [
    ["main.ts", "cli/run.ts"],
    ["cli/dispatch.ts", "cli/commands/exec.ts"],
    ["plan/plan.ts", "domain/origin.ts"],
  ]) {
    expect(IMPORTS).toContainEqual(expect.objectContaining({ from, file }));
  }
});

/** The layers that each layer imports, in the order of LAYERS; domain/ and text/ left out. */
function importedLayers(): Readonly<Record<string, readonly string[]>> {
  const order = Object.keys(LAYERS);
  const pairs = IMPORTS.flatMap(({ from, file }) => (file === undefined ? [] : [[layerOf(from), layerOf(file)]]));
  const importedBy = (layer: string) =>
    order.filter((other) => other !== layer && pairs.some(([from, to]) => from === layer && to === other));
  return Object.fromEntries(order.map((layer) => [layer, importedBy(layer)]));
}

test("every file belongs to a layer", () => {
  const layers = [...Object.keys(LAYERS), ...SHARED];
  expect([...FILES.keys()].filter((file) => !layers.includes(layerOf(file)))).toEqual([]);
});

test("each layer imports exactly the layers that the table names", () => {
  expect(importedLayers()).toEqual(LAYERS);
});

test("no layer imports one above it", () => {
  const order: readonly string[] = Object.keys(LAYERS);
  const upwards = Object.entries(LAYERS).flatMap(([layer, others]) =>
    others.filter((other) => order.indexOf(other) >= order.indexOf(layer)).map((other) => `${layer} imports ${other}`),
  );
  expect(upwards).toEqual([]);
});

test("domain/ imports nothing, and text/ only domain/", () => {
  const inside = (file: string | undefined, layer: string) => file !== undefined && layerOf(file) === layer;
  const wrong = IMPORTS.filter(({ from, file }) => {
    if (file === undefined || file.startsWith("..")) return false;
    return inside(from, "domain")
      ? !inside(file, "domain")
      : inside(from, "text") && !inside(file, "text") && !inside(file, "domain");
  });
  expect(wrong).toEqual([]);
});

test("imports form no cycle", () => {
  const imported = Map.groupBy(
    IMPORTS.flatMap(({ from, file }) => (file === undefined ? [] : [{ from, file }])),
    ({ from }) => from,
  );
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const next of imported.get(file) ?? []) visit(next.file, [...path, file]);
    done.add(file);
  };
  for (const file of FILES.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

test("every import names a file that exists", () => {
  // Only package.json has the version.
  const outside = ["../package.json"];
  const wrong = IMPORTS.filter(({ file }) => file !== undefined && !FILES.has(file) && !outside.includes(file));
  expect(wrong).toEqual([]);
});

test("only these packages are used", () => {
  const packages = IMPORTS.filter(({ file, specifier }) => file === undefined && !specifier.startsWith("node:"));
  expect([...new Set(packages.map(({ from, specifier }) => `${from} ${specifier}`))].sort()).toEqual([
    "cli/dispatch.ts cac",
    "config/settings.ts smol-toml",
    "runtime/process/c_memory.ts bun:ffi",
    "runtime/process/kernel32.ts bun:ffi",
    "runtime/process/libc.ts bun:ffi",
    "runtime/process/system_calls.ts bun:ffi",
    "sts/attempt.ts @aws-sdk/core/protocols",
    "sts/client.ts @aws-sdk/client-sts",
    "sts/client.ts @aws-sdk/core/protocols",
    "sts/client.ts @smithy/core/protocols",
    "sts/client.ts @smithy/core/schema",
    "sts/client.ts @smithy/core/serde",
    "sts/client.ts @smithy/signature-v4",
    "sts/retry.ts @aws-sdk/core/httpAuthSchemes",
    "sts/retry.ts @smithy/core/retry",
    "sts/retry.ts @smithy/signature-v4",
  ]);
});

/** The layers that may use a built-in module with effects. The other layers are plain functions. */
const EFFECTFUL: Readonly<Record<string, readonly string[]>> = {
  "node:child_process": ["runtime"],
  "node:fs": ["cache", "cli", "files", "runtime"],
  "node:http": ["http", "runtime"],
  "node:https": ["http"],
  "node:net": ["http", "runtime"],
  "node:os": ["cache", "cli", "runtime"],
  "node:tls": ["http"],
  "node:tty": ["runtime"],
};
for (const [builtIn, layers] of Object.entries(EFFECTFUL)) {
  test(`only ${layers.join(", ")} import ${builtIn}`, () => {
    const users = IMPORTS.filter(({ specifier }) => specifier === builtIn).map(({ from }) => layerOf(from));
    expect([...new Set(users)].sort()).toEqual([...layers]);
  });
}

test("no other built-in module has effects", () => {
  const harmless = ["node:crypto", "node:path", "node:timers/promises", "node:url"];
  const others = IMPORTS.map(({ specifier }) => specifier).filter(
    (name) => name.startsWith("node:") && !harmless.includes(name) && !(name in EFFECTFUL),
  );
  expect(others).toEqual([]);
});

test("what differs between runtimes stays in src/runtime", () => {
  expect(
    found(/\b(?:Bun|Deno)\s*[.?[]|\bbun:\w+|versions\.(?:bun|deno)/g, (file) => file.startsWith("runtime/")),
  ).toEqual([]);
});

const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  // They open file descriptors, which the command of `exec` would inherit: src/runtime/terminal/write_all.ts writes.
  ["streams of the process", /\bprocess\.(?:stdin|stdout|stderr)\b/g],
  ["calls of the console", /(?<![\w.])console\.(?:log|error|warn|info|debug|trace)\b/g],
  ["default exports", /^export default\b|\bas default\b/gm],
  ["exports of what another file has", /^export (?:type )?(?:\*|\{)[^;]*from/gm],
  ["any, and assertions that something is there", /: any\b|\bas any\b|<any>|[\w)\]]!(?=[.;,)[\]])/g],
  ["enums and namespaces", /^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace)\s/gm],
  ["suppressed findings", /@ts-|biome-ignore/g],
];
for (const [what, pattern] of FORBIDDEN) {
  test(`there are no ${what}`, () => expect(found(pattern)).toEqual([]));
}

test("only text/backoff.ts computes a delay that grows with each attempt", () => {
  expect(found(/\b2 \*\* .*/g, (file) => file === "text/backoff.ts")).toEqual([]);
});

test("a file's name tells its content", () => {
  const name = /^[a-z0-9]+(?:_[a-z0-9]+)*\.ts$/;
  const says = (file: string) =>
    name.test(posix.basename(file)) &&
    !/^(?:utils?|helpers?_?|misc|common|index|types)\.ts$/.test(posix.basename(file));
  expect([...FILES.keys()].filter((file) => !says(file))).toEqual([]);
});

test("every file begins with a docstring", () => {
  const silent = [...FILES].filter(([, text]) => !text.startsWith("/**"));
  expect(silent.map(([file]) => file)).toEqual([]);
});

test("every exported function, class and constant is used in another file", () => {
  const others = [...new Glob("{test,scripts,npm}/**/*.ts").scanSync(ROOT)].map((path) =>
    readFileSync(`${ROOT}${path}`, "utf8"),
  );
  const idle = [...CODE].flatMap(([file, code]) =>
    [...code.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
      .map(([, name = ""]) => new RegExp(`\\b${name}\\b`))
      .filter((name) => ![...CODE].some(([other, text]) => other !== file && name.test(text)))
      .filter((name) => !others.some((text) => name.test(text)))
      .map((name) => `${file}: ${name.source}`),
  );
  expect(idle).toEqual([]);
});

test("docs/architecture.md has a row for each layer", () => {
  const page = readFileSync(`${ROOT}docs/architecture.md`, "utf8");
  const layers = [...Object.keys(LAYERS), ...SHARED].filter((layer) => layer !== "main");
  expect(layers.filter((layer) => !page.includes(`| \`${layer}/\` |`))).toEqual([]);
});

test("every path that docs/architecture.md and CONTRIBUTING.md name exists", () => {
  const named = ["docs/architecture.md", "CONTRIBUTING.md"].flatMap((page) =>
    [...readFileSync(`${ROOT}${page}`, "utf8").matchAll(/\b(?:src|test|scripts|docs)\/[\w./-]*\w/g)].map(
      ([path]) => path,
    ),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});

test("the parts of the AWS SDK that we use have the versions that its STS client requires", () => {
  const manifest = (path: string) => JSON.parse(readFileSync(`${ROOT}${path}package.json`, "utf8"));
  const { dependencies } = manifest("");
  const parts = Object.keys(dependencies).filter((name) => /^@(?:aws-sdk|smithy)\//.test(name));
  expect(parts.length).toBeGreaterThan(3);
  // A second copy of a package would be bundled and loaded, too.
  const copies = new Glob("node_modules/@{aws-sdk,smithy}/*/node_modules/@{aws-sdk,smithy}/*").scanSync(ROOT);
  expect([...copies]).toEqual([]);
  for (const name of parts) expect(manifest(`node_modules/${name}/`).version).toBe(dependencies[name]);
});

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly entryPoint?: string;
        readonly inputs: Readonly<Record<string, unknown>>;
        readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
      }
    >
  >;
}

test("an STS call loads few parts of the AWS SDK, and no slow built-in module", () => {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-metafile-"));
  try {
    const target = { root: ROOT, outfile: "", target: "", commit: "" };
    const conditions = [buildSettings(target).conditions ?? []].flat().map((name) => `--conditions=${name}`);
    const metafile = join(folder, "metafile.json");
    const output = ["--target=bun", "--splitting", `--outdir=${folder}`, `--metafile=${metafile}`];
    const { status } = spawnSync(process.execPath, ["build", ...conditions, ...output, "src/sts/client.ts"], {
      cwd: ROOT,
    });
    expect(status).toBe(0);
    const { outputs }: Metafile = JSON.parse(readFileSync(metafile, "utf8"));
    const loaded = new Set(Object.keys(outputs).filter((name) => outputs[name]?.entryPoint?.endsWith("client.ts")));
    const builtIns = new Set<string>();
    for (const name of loaded) {
      for (const { path, kind } of outputs[name]?.imports ?? []) {
        if (kind !== "import-statement") continue;
        if (path in outputs) loaded.add(path);
        else builtIns.add(path);
      }
    }
    expect([...builtIns]).toEqual([]);
    const inputs = [...loaded].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
    expect(inputs.some((input) => input.endsWith("AwsQueryProtocol.js"))).toBe(true);
    expect(
      inputs.filter((input) => /STSClient|http-handler|credential-provider|retry|eventstream/i.test(input)),
    ).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
