/** `--fix` changes what it reports and nothing else, in random files. */
import { expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import type { IniDocument } from "../../../src/ini/document.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { LINE_END } from "../../../src/ini/spans.ts";
import { isFilePosition } from "../../../src/lint/finding.ts";
import { type FixedText, planFixes } from "../../../src/lint/fix.ts";
import { lint } from "../../../src/lint/lint.ts";
import { planAll } from "../../../src/lint/plans.ts";
import { randomFrom } from "../../interop/situations.ts";
import { lintInput, lintOf, type Texts } from "../../support/lint_of.ts";
import { chainText } from "../../support/plan_of.ts";

const LINES = [
  "",
  "",
  "  ",
  "# a comment = 1",
  "  ; another [one]",
  "[default]",
  "[DEFAULT]",
  "[foo]",
  "[foo] # see there",
  "[user1]",
  "[profile foo]",
  "[profile user1]",
  '[profile "a b"]',
  "  [bar]",
  "[🧀]",
  "[sso-session s]",
  "[services t]",
  "region = eu-west-1",
  "ReGoin = eu-west-1",
  "  regoin: eu-west-1  ",
  "regionn=eu-west-1 # home",
  "outptu = json",
  "s3 =",
  "  max_queue_sise = 1",
  "role_arn = arn:aws:iam::123456789012:role/deploy",
  "role_arm = arn:aws:iam::123456789012:role/deploy",
  "source_profile = user1",
  "source_profle = user1",
  "credential_source = EcsContainer",
  "credential_source = ec2instancemetadata",
  "Credential_Source\t:\tecs-container\t",
  "credential_proces = rm -rf /",
  "mfa_seriel = GAHT12345678",
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
  "aws_access_key_id = AKIAIOSFODNN7EXAMPLE \t ",
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY   ",
  "aws_secret_acess_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY ",
  "aws_session_tokn = x",
  "🧀 = é  ",
  "nonsense",
];

function randomText(random: () => number): string {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const end = pick(["\n", "\n", "\r\n", "\r"]) ?? "";
  const lines = Array.from({ length: 2 + Math.floor(random() * 14) }, (_, index) => {
    // Most files can be parsed: they begin with a section, and few lines are invalid.
    const line = index === 0 ? "[default]" : (pick(LINES) ?? "");
    return line === "nonsense" && random() < 0.9 ? "" : line;
  });
  return (random() < 0.1 ? "\ufeff" : "") + lines.join(end) + (random() < 0.5 ? end : "");
}

/** All names, keys and values of a file, in order. */
function contentOf(document: IniDocument): string[] {
  return [
    ...document.sections.values(),
    ...(document.defaultSection === undefined ? [] : [document.defaultSection]),
  ].flatMap(({ name, own }) => [`[${name}]`, ...[...own.values()].flatMap(({ key, value }) => [key, value])]);
}

const CREDENTIAL_SOURCES = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

function isReported(before: string, after: string, { findings }: FixedText): boolean {
  if (after === `[profile ${before.slice(1)}`) return findings.some(({ code }) => code === "profile-without-prefix");
  if (CREDENTIAL_SOURCES.includes(after)) return findings.some(({ code }) => code === "unknown-credential-source");
  return findings.some(({ code, fix }) => code === "unknown-key" && fix?.result === `renamed ${before} to ${after}`);
}

function checkFixedText(fixed: FixedText): void {
  const { before, after, findings } = fixed;
  const oldContent = contentOf(parseIni(before, "f", () => {}));
  const newContent = contentOf(parseIni(after, "f", () => {}));
  expect(newContent.length).toBe(oldContent.length);
  const changed = oldContent.flatMap((text, index) =>
    text === newContent[index] ? [] : [[text, newContent[index] ?? ""] as const],
  );
  for (const [was, is] of changed) expect([was, is, isReported(was, is, fixed)]).toEqual([was, is, true]);
  // Every finding but these changes one name, key or value.
  const withoutMeaning = ["space-after-secret", "byte-order-mark"];
  expect(changed.length).toBe(findings.filter(({ code }) => !withoutMeaning.includes(code)).length);

  // Only lines with a finding change, and line endings stay the same.
  const withoutMark = (text: string) => text.replace(/^\ufeff/, "");
  expect(after.match(new RegExp(LINE_END, "g"))).toEqual(before.match(new RegExp(LINE_END, "g")));
  const newLines = withoutMark(after).split(LINE_END);
  for (const [index, line] of withoutMark(before).split(LINE_END).entries()) {
    if (line === newLines[index]) continue;
    expect(findings.some(({ at }) => isFilePosition(at) && at.line === index + 1)).toBe(true);
  }
  const indentationOf = (text: string) => text.split(LINE_END).map((line) => /^\s*/.exec(line)?.[0]);
  expect(indentationOf(withoutMark(after))).toEqual(indentationOf(withoutMark(before)));
}

test("in 2,000 random pairs of files, only what is reported changes, and a second run fixes nothing", () => {
  const random = randomFrom(20_261_124);
  let fixedFiles = 0;
  for (let round = 0; round < 2_000; round++) {
    const texts: Texts = { config: randomText(random), credentials: randomText(random) };
    const input = lintInput(texts);
    const plan = planFixes(input, lint(input));
    for (const fixed of plan.texts.values()) {
      fixedFiles++;
      checkFixedText(fixed);
    }
    const config = plan.texts.get(input.paths.configFile)?.after ?? texts.config ?? "";
    const credentials = plan.texts.get(input.paths.credentialsFile)?.after ?? texts.credentials ?? "";
    expect(lintOf({ config, credentials }).findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  }
  // Enough of the files have something to fix.
  expect(fixedFiles).toBeGreaterThan(500);
});

/** The source and the roles of each profile that works. */
function chains({ config, credentials }: Texts): Map<string, string> {
  const parsed = (text: string | undefined) => (text === undefined ? undefined : parseIni(text, "f", () => {}));
  const paths = { configFile: "config", credentialsFile: "credentials" };
  const { plans } = planAll(mergeSharedConfig(parsed(config), parsed(credentials), paths), undefined);
  return new Map([...plans].map(([name, plan]) => [name, chainText(plan)]));
}

test("a profile that works keeps its credentials", () => {
  const random = randomFrom(42);
  let comparisons = 0;
  for (let round = 0; round < 1_000; round++) {
    const texts: Texts = { config: randomText(random), credentials: randomText(random) };
    const input = lintInput(texts);
    const { texts: fixed } = planFixes(input, lint(input));
    if (fixed.size === 0) continue;
    const after = chains({
      config: fixed.get(input.paths.configFile)?.after ?? texts.config ?? "",
      credentials: fixed.get(input.paths.credentialsFile)?.after ?? texts.credentials ?? "",
    });
    for (const [name, chain] of chains(texts)) {
      comparisons++;
      expect([name, after.get(name)]).toEqual([name, chain]);
    }
  }
  expect(comparisons).toBeGreaterThan(500);
});
