/** The GitHub workflows: what actionlint (scripts/lint-workflows) does not check. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TARGETS } from "../../../scripts/releasing/targets.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FOLDER = join(ROOT, ".github", "workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix?: { readonly include?: readonly { readonly target?: string }[] } };
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const NAMES = readdirSync(FOLDER);
const TEXTS = new Map(NAMES.map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
const jobsOf = (name: string) => (Bun.YAML.parse(TEXTS.get(name) ?? "") as Workflow).jobs;

describe.each(NAMES)("%s", (name) => {
  const text = TEXTS.get(name) ?? "";
  const workflow = Bun.YAML.parse(text) as Workflow;

  test("pins every action by its commit, and names the version", () => {
    const uses = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/ uses: actions\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  test("can only read by default, and ends", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const endless = Object.entries(workflow.jobs).filter(([, job]) => job["timeout-minutes"] === undefined);
    expect(endless.map(([job]) => job)).toEqual([]);
  });

  test("runs only scripts that exist", () => {
    const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
    const scripts = commands.flatMap((command) => [...command.matchAll(/(?:\.\/)?(\.ci\/run|scripts\/[\w.-]+)/g)]);
    expect(scripts.map(([, script = ""]) => script).filter((script) => !existsSync(join(ROOT, script)))).toEqual([]);
  });
});

test("a release runs the executable of every target", () => {
  const targets = Object.values(jobsOf("release.yml")).flatMap(({ strategy }) =>
    (strategy?.matrix?.include ?? []).flatMap(({ target }) => target ?? []),
  );
  expect(targets.toSorted()).toEqual(TARGETS.map(({ name }) => name).toSorted());
});

test("only the jobs that publish can write", () => {
  const writing = NAMES.flatMap((name) =>
    Object.entries(jobsOf(name)).flatMap(([job, { permissions = {} }]) =>
      Object.values(permissions).includes("write") ? [`${name}: ${job}`] : [],
    ),
  );
  expect(writing.toSorted()).toEqual(["publish.yml: jsr", "publish.yml: npm", "release.yml: draft"]);
});
