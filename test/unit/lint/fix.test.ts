/** Whatever a file looks like, `--fix` changes what it says it changes, and nothing else. */
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
    // Most files can be parsed: they begin with a section, and have few lines that are nothing.
    const line = index === 0 ? "[default]" : (pick(LINES) ?? "");
    return line === "nonsense" && random() < 0.9 ? "" : line;
  });
  return (random() < 0.1 ? "\ufeff" : "") + lines.join(end) + (random() < 0.5 ? end : "");
}

/** Everything that a text says, in its order. */
function words(document: IniDocument): string[] {
  return [...document.sections, ...(document.defaultSection === undefined ? [] : [document.defaultSection])].flatMap(
    ({ name, own }) => [`[${name}]`, ...[...own.values()].flatMap(({ key, value }) => [key, value])],
  );
}

const CREDENTIAL_SOURCES = ["Environment", "Ec2InstanceMetadata", "EcsContainer"];

function isIntended(before: string, after: string, texts: FixedText): boolean {
  if (after === `[profile ${before.slice(1)}`)
    return texts.findings.some(({ code }) => code === "profile-without-prefix");
  if (CREDENTIAL_SOURCES.includes(after))
    return texts.findings.some(({ code }) => code === "unknown-credential-source");
  return texts.findings.some(
    ({ code, fix }) => code === "unknown-key" && fix?.result === `renamed ${before} to ${after}`,
  );
}

function checkMending(mended: FixedText): void {
  const { before, after, findings } = mended;
  const said = words(parseIni(before, "f", () => {}));
  const says = words(parseIni(after, "f", () => {}));
  expect(says.length).toBe(said.length);
  const changed = said.flatMap((word, index) => (word === says[index] ? [] : [[word, says[index] ?? ""] as const]));
  for (const [was, is] of changed) expect([was, is, isIntended(was, is, mended)]).toEqual([was, is, true]);
  // Each finding that means something has meant one change; the others are white space and the byte order mark.
  const meaningless = ["space-after-secret", "byte-order-mark"];
  expect(changed.length).toBe(findings.filter(({ code }) => !meaningless.includes(code)).length);

  // Only lines with a finding have changed, and the ends of lines are as they were.
  const bare = (text: string) => text.replace(/^\ufeff/, "");
  expect(after.match(new RegExp(LINE_END, "g"))).toEqual(before.match(new RegExp(LINE_END, "g")));
  const newLines = bare(after).split(LINE_END);
  for (const [index, line] of bare(before).split(LINE_END).entries()) {
    if (line === newLines[index]) continue;
    expect(findings.some(({ at }) => isFilePosition(at) && at.line === index + 1)).toBe(true);
  }
  const blanksOf = (text: string) => text.split(LINE_END).map((line) => /^\s*/.exec(line)?.[0]);
  expect(blanksOf(bare(after))).toEqual(blanksOf(bare(before)));
}

test("2,000 random pairs of files", () => {
  const random = randomFrom(20_261_124);
  let mendings = 0;
  for (let round = 0; round < 2_000; round++) {
    const texts: Texts = { config: randomText(random), credentials: randomText(random) };
    const subject = lintInput(texts);
    const mending = planFixes(subject, lint(subject));
    for (const mended of mending.texts.values()) {
      mendings++;
      checkMending(mended);
    }
    // Once more finds nothing more to mend.
    const config = mending.texts.get(subject.paths.configFile)?.after ?? texts.config ?? "";
    const credentials = mending.texts.get(subject.paths.credentialsFile)?.after ?? texts.credentials ?? "";
    expect(lintOf({ config, credentials }).findings.filter(({ fix }) => fix !== undefined)).toEqual([]);
  }
  // The files are such that there is something to mend.
  expect(mendings).toBeGreaterThan(500);
});

/** Source and roles of each profile that can be used. */
function chains({ config, credentials }: Texts): Map<string, string> {
  const parsed = (text: string | undefined) => (text === undefined ? undefined : parseIni(text, "f", () => {}));
  const paths = { configFile: "config", credentialsFile: "credentials" };
  const { plans } = planAll(mergeSharedConfig(parsed(config), parsed(credentials), paths), undefined);
  return new Map([...plans].map(([name, plan]) => [name, chainText(plan)]));
}

test("a profile that works keeps its credentials", () => {
  const random = randomFrom(42);
  let compared = 0;
  for (let round = 0; round < 1_000; round++) {
    const texts: Texts = { config: randomText(random), credentials: randomText(random) };
    const subject = lintInput(texts);
    const { texts: mended } = planFixes(subject, lint(subject));
    if (mended.size === 0) continue;
    const after = chains({
      config: mended.get(subject.paths.configFile)?.after ?? texts.config ?? "",
      credentials: mended.get(subject.paths.credentialsFile)?.after ?? texts.credentials ?? "",
    });
    for (const [name, chain] of chains(texts)) {
      compared++;
      expect([name, after.get(name)]).toEqual([name, chain]);
    }
  }
  expect(compared).toBeGreaterThan(500);
});
