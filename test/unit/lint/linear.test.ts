/** Twice the lines are twice the work: counted, not timed. */
import { afterEach, describe, expect, test } from "bun:test";
import { planFixes } from "../../../src/lint/fix.ts";
import { lint } from "../../../src/lint/lint.ts";
import { colorsFor } from "../../../src/report/colors.ts";
import { findingsJson, githubAnnotations, renderFindings } from "../../../src/report/findings.ts";
import { lintInput, type Texts } from "../../support/lint_of.ts";

/**
 * Built-in functions that look at all of what they are called on, or given. Each call counts with that length, and any
 * other that is listed here with one: so a loop within a loop shows, whether it is ours or the engine's.
 */
const COUNTED: readonly (readonly [prototype: object, names: readonly PropertyKey[]])[] = [
  [
    Array.prototype,
    [
      "filter",
      "find",
      "flat",
      "flatMap",
      "forEach",
      "includes",
      "indexOf",
      "join",
      "map",
      "slice",
      "some",
      "every",
      "concat",
      Symbol.iterator,
    ],
  ],
  [
    String.prototype,
    ["split", "search", "replace", "replaceAll", "includes", "indexOf", "trim", "toLowerCase", Symbol.iterator],
  ],
  [Map.prototype, ["get", "has", "set", "keys", "values", "entries", Symbol.iterator]],
  [Set.prototype, ["has", "add", "values"]],
];

const restorers: (() => void)[] = [];
afterEach(() => {
  for (const restore of restorers.splice(0)) restore();
});

/** How much of the counted work a function does. */
function workOf(act: () => void): number {
  let work = 0;
  for (const [prototype, names] of COUNTED) {
    for (const name of names) {
      const original: unknown = Reflect.get(prototype, name);
      if (typeof original !== "function") throw new Error(`there is no ${String(name)}`);
      const counted = function (this: { readonly length?: number }, ...args: unknown[]): unknown {
        work += this.length ?? 1;
        return Reflect.apply(original, this, args);
      };
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
      if (descriptor !== undefined) restorers.push(() => Object.defineProperty(prototype, name, descriptor));
    }
  }
  try {
    act();
  } finally {
    for (const restore of restorers.splice(0)) restore();
  }
  return work;
}

function checkAll(texts: Texts): void {
  const subject = lintInput(texts);
  const result = lint(subject);
  planFixes(subject, result);
  renderFindings(result.findings, result.texts, colorsFor("never", undefined, false));
  findingsJson(result.findings);
  githubAnnotations(result.findings);
}

const ARN = "role_arn = arn:aws:iam::123456789012:role/r";
/** Numbers of one length, so that the work for each line is the same. */
const FIRST = 10_000;
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(FIRST + i)).join("\n");

const SHAPES: readonly [what: string, make: (count: number) => Texts][] = [
  ["profiles that are fine", (n) => ({ config: lines(n, (i) => `[profile p${i}]\nregion = eu-west-1`) })],
  ["a chain of roles", (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${i + 1}`) })],
  [
    "a circle of all profiles",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${FIRST + ((i + 1) % n)}`) }),
  ],
  [
    "a circle that all lead to",
    (n) => ({
      config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${i === FIRST ? FIRST + 1 : FIRST}`),
    }),
  ],
  [
    "source profiles that do not exist",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}\nsource_profile = x${i}`) }),
  ],
  [
    "many things wrong in each",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}\nregion = a_b\nduration_seconds = x\nservices = y`) }),
  ],
  ["sections that are no profiles", (n) => ({ config: lines(n, (i) => `[p${i}]\noutput = jsn`) })],
  ["unknown keys in one section", (n) => ({ config: `[default]\n${lines(n, (i) => `key${i} = 1`)}` })],
  ["typos", (n) => ({ config: lines(n, (i) => `[profile p${i}]\nregoin = eu-west-1`) })],
  ["lines that are nothing", (n) => ({ config: `[default]\n${lines(n, () => "nonsense")}` })],
  ["one section again and again", (n) => ({ config: lines(n, () => "[a]\nx = 1") })],
  ["one value of all lines", (n) => ({ config: `[default]\nregion = x\n${lines(n, () => "  y = z")}` })],
  [
    "[DEFAULT] under all",
    (n) => ({ config: `[DEFAULT]\n${lines(n, (i) => `key${i} = 1`)}\n${lines(n, (i) => `[profile p${i}]`)}` }),
  ],
  [
    "keys",
    (n) => ({
      credentials: lines(n, (i) => `[p${i}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE  \naws_session_token = x  `),
    }),
  ],
  [
    "one role from many sources",
    (n) => ({
      config: lines(
        n,
        (i) => `[profile p${i}]\n${ARN}\nsource_profile = s${i}\n[profile s${i}]\ncredential_process = /bin/p${i}`,
      ),
    }),
  ],
];

describe("check", () => {
  for (const [what, make] of SHAPES) {
    test(what, () => {
      // Well above what is done for the first hundred only.
      const [once, twice] = [make(1_000), make(2_000)].map((texts) => workOf(() => checkAll(texts)));
      expect((twice ?? 0) / (once ?? 1)).toBeLessThan(2.3);
      expect(once).toBeGreaterThan(1_000);
    });
  }

  test("a file of 100,000 lines, and as many findings", () => {
    const { findings } = lint(lintInput({ config: `[default]\n${lines(100_000, (i) => `key${i} = 1`)}` }));
    expect(findings.length).toBe(100_000);
  });
});

describe("the counting", () => {
  test("sees a loop within a loop", () => {
    const quadratic = (n: number) => () => {
      const list = Array.from({ length: n }, (_, i) => i);
      for (const one of list) list.includes(one);
    };
    expect(workOf(quadratic(2_000)) / workOf(quadratic(1_000))).toBeGreaterThan(3.5);
  });
});
