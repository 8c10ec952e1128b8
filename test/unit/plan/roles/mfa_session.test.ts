/** `--mfa-session`: the device, the program and the duration. */
import { describe, expect, test } from "bun:test";
import { errorOf, planOf, type Situation } from "../../../support/plan_of.ts";

const KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n";
const OF_OPTION = "arn:aws:iam::123456789012:mfa/option";
const OF_PROFILE = "arn:aws:iam::123456789012:mfa/profile";
const OF_CHAIN = "arn:aws:iam::123456789012:mfa/chain";
const SESSION = { mfaSession: "true" };

function role(name: string, lines: string): string {
  return `[profile ${name}]\nrole_arn = arn:aws:iam::123456789012:role/${name}\n${lines}`;
}

const CHAIN = `${role("top", "source_profile = middle\n")}${role("middle", `source_profile = keys\nmfa_serial = ${OF_CHAIN}\n`)}[profile keys]\n${KEYS}`;

describe("the device", () => {
  const rows: readonly [what: string, situation: Situation, serial: string][] = [
    [
      "is that of --mfa-serial",
      { config: `[default]\nmfa_serial = ${OF_PROFILE}\n${KEYS}`, options: { ...SESSION, mfaSerial: OF_OPTION } },
      OF_OPTION,
    ],
    [
      "is the profile's, even without a role",
      { config: `[default]\nmfa_serial = ${OF_PROFILE}\n${KEYS}`, options: SESSION },
      OF_PROFILE,
    ],
    ["is the first in the chain of the profile", { config: CHAIN, options: { ...SESSION, profile: "top" } }, OF_CHAIN],
    [
      "is the profile's rather than one of its chain",
      {
        config: CHAIN.replace("[profile middle]", `mfa_serial = ${OF_PROFILE}\n[profile middle]`),
        options: { ...SESSION, profile: "top" },
      },
      OF_PROFILE,
    ],
  ];
  for (const [what, situation, serial] of rows) {
    test(what, () => expect(planOf(situation).plan.mfaSession?.serial.value).toBe(serial));
  }
});

describe("the program for the code", () => {
  const profile = `[default]\nmfa_serial = ${OF_PROFILE}\n${KEYS}`;
  const rows: readonly [what: string, situation: Situation, argv: readonly string[] | undefined][] = [
    ["is not set by default", { config: profile, options: SESSION }, undefined],
    ["is the profile's", { config: `${profile}mfa_process = ykman 'a code'\n`, options: SESSION }, ["ykman", "a code"]],
    [
      "is the option's rather than the profile's",
      { config: `${profile}mfa_process = ykman\n`, options: { ...SESSION, mfaProcess: "oathtool x" } },
      ["oathtool", "x"],
    ],
  ];
  for (const [what, situation, argv] of rows) {
    test(what, () => {
      const found = planOf(situation).plan.mfaSession?.mfaProcess?.value;
      expect(found).toEqual(argv === undefined ? undefined : [...argv]);
    });
  }
});

describe("the duration", () => {
  const rows: readonly [text: string | undefined, seconds: number | "invalid-option"][] = [
    [undefined, 43_200],
    ["15m", 900],
    ["899", "invalid-option"],
    ["36h", 129_600],
    ["129601", "invalid-option"],
    ["soon", "invalid-option"],
  ];
  for (const [text, expected] of rows) {
    test(`${text} is ${expected}`, () => {
      const given = text === undefined ? {} : { mfaSessionDuration: text };
      const situation = { credentials: `[default]\n${KEYS}`, options: { ...SESSION, mfaSerial: OF_OPTION, ...given } };
      const error = errorOf(situation);
      expect(error?.code ?? planOf(situation).plan.mfaSession?.durationSeconds.value).toBe(expected);
      if (error !== undefined) expect(error.at).toEqual({ option: "mfaSessionDuration" });
    });
  }
});

test("the session is there because of the option", () => {
  const situation = { credentials: `[default]\n${KEYS}`, options: { ...SESSION, mfaSerial: OF_OPTION } };
  expect(planOf(situation).plan.mfaSession?.from).toEqual({ option: "mfaSession" });
});

test("without the option there is no session, even if a device is configured", () => {
  expect(planOf({ config: `[default]\nmfa_serial = ${OF_PROFILE}\n${KEYS}` }).plan.mfaSession).toBeUndefined();
});

describe("an error", () => {
  const rows: readonly [what: string, options: NonNullable<Situation["options"]>, at: string, mention: string][] = [
    ["no device", SESSION, "mfaSession", "--mfa-serial"],
    ["a duration without a session", { mfaSessionDuration: "1h" }, "mfaSessionDuration", "--mfa-session"],
  ];
  for (const [what, options, at, mention] of rows) {
    test(what, () => {
      const error = errorOf({ credentials: `[default]\n${KEYS}`, options });
      expect(error).toMatchObject({ code: "option-conflict", at: { option: at } });
      expect([error?.message, ...(error?.help ?? [])].join("\n")).toContain(mention);
    });
  }
});
