/** The house as it is built: which room uses which, and what nobody may do. docs/architecture.md says why. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Glob } from "bun";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The rooms from the ground up, each with the rooms beneath it that it uses. What is true of all: every room may use the
 * domain's values, the files of src/ that are no room.
 */
const ROOMS = {
  ini: [],
  config: ["ini"],
  plan: ["config"],
  runtime: [],
  files: [],
  http: [],
  metadata: ["http"],
  sts: ["plan", "http"],
  cache: ["plan", "files"],
  sources: ["config", "plan", "files", "http", "metadata", "sts", "cache"],
  "resolve.ts": ["config", "plan", "sts", "cache", "sources"],
  "forecast.ts": ["config", "plan", "sts", "cache", "sources", "resolve.ts"],
  deliver: ["ini", "config", "plan", "http"],
  serve: ["plan", "runtime"],
  lint: ["ini", "config", "plan", "files", "cache", "sources"],
  probe: ["config", "plan", "runtime", "http", "metadata", "sts", "sources"],
  completion: [],
  report: ["ini", "plan", "runtime", "sts", "cache", "forecast.ts", "lint", "probe"],
  cli: [
    ...["config", "plan", "runtime", "files", "sts", "cache", "sources", "resolve.ts", "forecast.ts"],
    ...["deliver", "serve", "lint", "probe", "completion", "report"],
  ],
  "main.ts": ["cli"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

interface Import {
  readonly from: string;
  /** What stands between the quotes. */
  readonly specifier: string;
  /** The file of the project that it means; undefined for a package or a built-in. */
  readonly file: string | undefined;
}

/** Every file of src/, by its path below it. */
const FILES: ReadonlyMap<string, string> = new Map(
  [...new Glob("**/*.ts").scanSync(`${ROOT}src`)]
    .sort()
    .map((path) => [path, readFileSync(`${ROOT}src/${path}`, "utf8")]),
);

/** Without comments, so that nothing is found in them. (Nor in texts: of those only what is searched for here matters.) */
const CODE: ReadonlyMap<string, string> = new Map(
  [...FILES].map(([path, text]) => [path, text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1")]),
);

const IMPORTS: readonly Import[] = [...CODE].flatMap(([from, code]) =>
  [...code.matchAll(/^import\b[^;"]*?"([^"\n]+)"|\bimport\("([^"\n]+)"\)/gm)].map((match) => {
    const specifier = match[1] ?? match[2] ?? "";
    const file = specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
    return { from, specifier, file };
  }),
);

/** The room of a file; undefined for one of the domain's values. */
function roomOf(file: string): string | undefined {
  const [first = ""] = file.split("/");
  return first !== ".." && (first in ROOMS || file.includes("/")) ? first : undefined;
}

/** Where in the code the pattern is found, as `file: match`. */
function found(pattern: RegExp, except: (file: string) => boolean = () => false): string[] {
  return [...CODE]
    .filter(([file]) => !except(file))
    .flatMap(([file, code]) => [...code.matchAll(pattern)].map(([text]) => `${file}: ${text.trim()}`));
}

test("the imports are read at all", () => {
  expect(FILES.size).toBeGreaterThan(150);
  for (const [from, file] of [
    ["main.ts", "cli/run.ts"],
    ["cli/program.ts", "cli/exec.ts"],
    ["plan/plan.ts", "origin.ts"],
  ]) {
    expect(IMPORTS).toContainEqual(expect.objectContaining({ from, file }));
  }
});

test("each room uses the rooms that it is said to use, and each of them", () => {
  const used = new Map<string, Set<string>>(Object.keys(ROOMS).map((room) => [room, new Set()]));
  for (const { from, file } of IMPORTS) {
    const [room, other] = [roomOf(from), file === undefined ? undefined : roomOf(file)];
    if (other !== undefined && room !== other) (used.get(room ?? from) ?? addTo(used, room ?? from)).add(other);
  }
  const order: readonly string[] = Object.keys(ROOMS);
  const inOrder = (rooms: Iterable<string>) => [...rooms].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  expect(Object.fromEntries([...used].map(([room, others]) => [room, inOrder(others)]))).toEqual(
    Object.fromEntries(Object.entries(ROOMS).map(([room, others]) => [room, inOrder(others)])),
  );
});

function addTo(used: Map<string, Set<string>>, room: string): Set<string> {
  const others = new Set<string>();
  used.set(room, others);
  return others;
}

test("no room uses one above it", () => {
  const order: readonly string[] = Object.keys(ROOMS);
  const upwards = Object.entries(ROOMS).flatMap(([room, others]) =>
    others.filter((other) => order.indexOf(other) >= order.indexOf(room)).map((other) => `${room} uses ${other}`),
  );
  expect(upwards).toEqual([]);
});

test("no file is imported by what it imports", () => {
  const imported = Map.groupBy(
    IMPORTS.flatMap(({ from, file }) => (file === undefined ? [] : [{ from, file }])),
    ({ from }) => from,
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const next of imported.get(file) ?? []) visit(next.file, [...path, file]);
    done.add(file);
  };
  for (const file of FILES.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test("imports of files name a file that is there", () => {
  // The version stands in package.json alone.
  const outside = ["../package.json"];
  const wrong = IMPORTS.filter(({ file }) => file !== undefined && !FILES.has(file) && !outside.includes(file));
  expect(wrong).toEqual([]);
});

test("only these packages are used", () => {
  const packages = IMPORTS.filter(({ file, specifier }) => file === undefined && !specifier.startsWith("node:"));
  expect([...new Set(packages.map(({ from, specifier }) => `${from} ${specifier}`))].sort()).toEqual([
    "cli/program.ts cac",
    "config/settings.ts smol-toml",
    "runtime/libc.ts bun:ffi",
    "sts/endpoint.ts @aws-sdk/client-sts",
    "sts/sts.ts @aws-sdk/client-sts",
  ]);
});

/** Who touches the world outside of the program; all others are plain functions. */
const WORLDLY: Readonly<Record<string, readonly string[]>> = {
  "node:child_process": ["runtime"],
  "node:fs": ["cache", "cli", "files", "runtime"],
  "node:http": ["http", "runtime"],
  "node:https": ["http"],
  "node:net": ["http", "runtime"],
  "node:os": ["cache", "cli", "runtime"],
  "node:tls": ["http"],
  "node:tty": ["cli", "runtime"],
};
for (const [builtIn, rooms] of Object.entries(WORLDLY)) {
  test(`${builtIn} is used by ${rooms.join(", ")} alone`, () => {
    const users = IMPORTS.filter(({ specifier }) => specifier === builtIn).map(({ from }) => roomOf(from) ?? from);
    expect([...new Set(users)].sort()).toEqual([...rooms]);
  });
}

test("no other built-in touches the world", () => {
  const harmless = ["node:crypto", "node:path", "node:timers/promises", "node:url"];
  const others = IMPORTS.map(({ specifier }) => specifier).filter(
    (name) => name.startsWith("node:") && !harmless.includes(name) && !(name in WORLDLY),
  );
  expect(others).toEqual([]);
});

test("what differs between runtimes stays in src/runtime", () => {
  expect(
    found(/\b(?:Bun|Deno)\s*[.?[]|\bbun:\w+|versions\.(?:bun|deno)/g, (file) => file.startsWith("runtime/")),
  ).toEqual([]);
});

const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  // They open file descriptors, which the command of `exec` would inherit: src/runtime/output.ts writes.
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

test("a file's name says what is in it", () => {
  const name = /^[a-z0-9]+(?:_[a-z0-9]+)*\.ts$/;
  const says = (file: string) =>
    name.test(posix.basename(file)) &&
    !/^(?:utils?|helpers?_?|misc|common|index|types)\.ts$/.test(posix.basename(file));
  // The helper process, which is what it is called.
  expect([...FILES.keys()].filter((file) => !says(file))).toEqual(["cli/helper.ts"]);
});

test("every file says first what it is for", () => {
  const silent = [...FILES].filter(([, text]) => !text.startsWith("/**"));
  expect(silent.map(([file]) => file)).toEqual([]);
});

test("every function, class and constant that is exported is used elsewhere", () => {
  const others = [...new Glob("{test,scripts}/**/*.ts").scanSync(ROOT)].map((path) =>
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

test("the architecture's page has a row for each room", () => {
  const page = readFileSync(`${ROOT}docs/architecture.md`, "utf8");
  const rooms = Object.keys(ROOMS).filter((room) => room !== "main.ts");
  expect(rooms.filter((room) => !page.includes(`| \`${room}${room.endsWith(".ts") ? "" : "/"}\` |`))).toEqual([]);
});
