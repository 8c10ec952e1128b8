/**
 * The time that `check` takes grows linearly with the size of the files. The tests count steps and measure no time, so
 * they give the same result on every machine.
 */
import { describe, expect, test } from "bun:test";
import { planFixes } from "../../../src/lint/fix.ts";
import { lint } from "../../../src/lint/lint.ts";
import { colorsFor } from "../../../src/report/colors.ts";
import { findingsJson, githubAnnotations, renderFindings } from "../../../src/report/findings.ts";
import { lintInput, type Texts } from "../../support/lint_of.ts";
import { stepsOf } from "../../support/steps.ts";

function checkAll(texts: Texts): void {
  const input = lintInput(texts);
  const result = lint(input);
  planFixes(input, result);
  renderFindings(result.findings, result.texts, colorsFor("never", undefined, false));
  findingsJson(result.findings);
  githubAnnotations(result.findings);
}

const ARN = "role_arn = arn:aws:iam::123456789012:role/r";
/** The first number of a name. All numbers have five digits, so that every line takes the same steps. */
const FIRST = 10_000;
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(FIRST + i)).join("\n");

const SHAPES: readonly [what: string, make: (count: number) => Texts][] = [
  ["profiles without problems", (n) => ({ config: lines(n, (i) => `[profile p${i}]\nregion = eu-west-1`) })],
  ["a chain of roles", (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${i + 1}`) })],
  [
    "a cycle of all profiles",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${FIRST + ((i + 1) % n)}`) }),
  ],
  [
    "a cycle that all profiles lead into",
    (n) => ({
      config: lines(n, (i) => `[profile p${i}]\n${ARN}${i}\nsource_profile = p${i === FIRST ? FIRST + 1 : FIRST}`),
    }),
  ],
  [
    "source profiles that do not exist",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}\nsource_profile = x${i}`) }),
  ],
  [
    "several problems in every profile",
    (n) => ({ config: lines(n, (i) => `[profile p${i}]\n${ARN}\nregion = a_b\nduration_seconds = x\nservices = y`) }),
  ],
  ["sections that are not profiles", (n) => ({ config: lines(n, (i) => `[p${i}]\noutput = jsn`) })],
  ["unknown keys in one section", (n) => ({ config: `[default]\n${lines(n, (i) => `key${i} = 1`)}` })],
  ["typos", (n) => ({ config: lines(n, (i) => `[profile p${i}]\nregoin = eu-west-1`) })],
  ["lines that cannot be parsed", (n) => ({ config: `[default]\n${lines(n, () => "nonsense")}` })],
  ["duplicate sections", (n) => ({ config: lines(n, () => "[a]\nx = 1") })],
  ["a value that continues on every line", (n) => ({ config: `[default]\nregion = x\n${lines(n, () => "  y = z")}` })],
  [
    "profiles that inherit from [DEFAULT]",
    (n) => ({ config: `[DEFAULT]\n${lines(n, (i) => `key${i} = 1`)}\n${lines(n, (i) => `[profile p${i}]`)}` }),
  ],
  [
    "access keys with white space",
    (n) => ({
      credentials: lines(n, (i) => `[p${i}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE  \naws_session_token = x  `),
    }),
  ],
  [
    "a role that many sources assume",
    (n) => ({
      config: lines(
        n,
        (i) => `[profile p${i}]\n${ARN}\nsource_profile = s${i}\n[profile s${i}]\ncredential_process = /bin/p${i}`,
      ),
    }),
  ],
];

describe("twice the lines take twice the steps", () => {
  for (const [what, make] of SHAPES) {
    test(what, () => {
      // Many more lines than the 100 errors that get a suggestion and the 100 roles of the longest planned chain.
      const [once = 0, twice = 0] = [500, 1_000].map((count) => {
        const texts = make(count);
        return stepsOf(() => checkAll(texts));
      });
      expect(once).toBeGreaterThan(10_000);
      // Above it if at least a seventh of the steps for the longer file are quadratic.
      expect(twice / once).toBeLessThan(2.15);
    });
  }
});

test("there may be more findings than a call can have arguments", () => {
  const count = 70_000;
  const { findings } = lint(lintInput({ config: `[default]\n${lines(count, (i) => `key${i} = 1`)}` }));
  expect(findings.length).toBe(count);
});

describe("the counting sees a loop within a loop", () => {
  const list = (count: number) => Array.from({ length: count }, (_, index) => index);
  const rows: readonly [what: string, act: (count: number) => void][] = [
    [
      "in the engine",
      (count) => {
        const all = list(count);
        for (const item of all) all.includes(item);
      },
    ],
    [
      "in our code",
      (count) => {
        const text = "x".repeat(count);
        for (let start = 0; start < count; start++) for (let end = start; end < count; end++) text.charAt(end);
      },
    ],
  ];
  for (const [what, act] of rows) {
    test(what, () => expect(stepsOf(() => act(2_000)) / stepsOf(() => act(1_000))).toBeGreaterThan(3.5));
  }
});

test("the counting is the same every time", () => {
  const [, make] = SHAPES[0] ?? [];
  const texts = make?.(100) ?? {};
  expect(stepsOf(() => checkAll(texts))).toBe(stepsOf(() => checkAll(texts)));
});
