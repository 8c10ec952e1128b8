/** The test cases of the AWS SDKs for parsing files: test/cases/profile-parser-tests.json. */
import { describe, expect, test } from "bun:test";
import { mergeSharedConfig } from "../../../src/config/merge.ts";
import type { FileSection, Setting } from "../../../src/config/shared_config.ts";
import { RolecallError } from "../../../src/domain/errors.ts";
import { parseIni } from "../../../src/ini/parse.ts";
import { cases } from "../../support/cases.ts";

type Sections = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Case {
  readonly name: string;
  readonly input: { readonly configFile?: string; readonly credentialsFile?: string };
  readonly output: {
    readonly config?: { readonly profiles?: Sections; readonly sso_sessions?: Sections; readonly services?: Sections };
    readonly errorContaining?: string;
  };
}

const LITERAL = "the AWS CLI accepts names with any characters";
const COMMENT = "the AWS CLI only accepts comments on lines of their own; elsewhere they are part of the value";
const DUPLICATE = "the AWS CLI rejects duplicates within a file";

/** Cases in which the AWS CLI differs, by number and name, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "3 Profile names support alphanumeric characters and - / . % @ _ : +": LITERAL,
  "17 Property definitions must contain an equals sign.": "the AWS CLI also accepts a colon",
  "21 Pound sign comments are ignored.": COMMENT,
  "22 Semicolon sign comments are ignored.": COMMENT,
  "23 All comment types can be used together.": COMMENT,
  "24 Comments can be empty.": COMMENT,
  "35 Duplicate profiles in the same file merge properties.": DUPLICATE,
  "36 Duplicate properties in a profile use the last one defined.": DUPLICATE,
  "37 Duplicate properties in duplicate profiles use the last one defined.": DUPLICATE,
  "38 Duplicate properties in duplicate profiles use the last one defined (case insensitive).": DUPLICATE,
  "39 Default profile with profile prefix overrides default profile without prefix when profile prefix is first.":
    "in the AWS CLI, the later of the two replaces the earlier",
  "41 Invalid profile names are ignored.": LITERAL,
  "42 Invalid property names are ignored.": LITERAL,
  "48 Sub-property definitions cannot have an empty name.": "the AWS CLI accepts an empty name",
  "52 Default profiles with mixed prefixes in the config file ignore the one without prefix when merging.": DUPLICATE,
  "53 Default profiles with mixed prefixes merge with credentials": DUPLICATE,
  "56 Credentials profiles with prefix are ignored.": LITERAL,
  "60 profile name with extra whitespace": "in the AWS CLI, [ profile foo ] is not a profile",
  "61 profile name with extra whitespace in credentials": LITERAL,
};

/** The merged files in the form of the cases; undefined if they are rejected. */
function read({ input }: Case) {
  try {
    const parse = (text: string | undefined, file: string) => (text === undefined ? undefined : parseIni(text, file));
    const config = mergeSharedConfig(parse(input.configFile, "config"), parse(input.credentialsFile, "credentials"), {
      configFile: "config",
      credentialsFile: "credentials",
    });
    return {
      profiles: plain(config.profiles),
      sso_sessions: plain(config.ssoSessions),
      services: plain(config.services),
    };
  } catch (error) {
    if (error instanceof RolecallError) return undefined;
    throw error;
  }
}

function plain(sections: ReadonlyMap<string, Pick<FileSection, "settings">>): Sections {
  return Object.fromEntries(
    [...sections].map(([name, { settings }]) => [
      name,
      Object.fromEntries([...settings].map(([key, setting]) => [key, textOf(setting)])),
    ]),
  );
}

/** A value in the form of the cases. A block has one line for each key, without blank lines. */
function textOf({ value, nested }: Setting): string {
  if (nested === undefined) return value;
  return [...nested].map(([key, inner]) => `\n${`${key} = ${inner.value}`.trimEnd()}`).join("");
}

function agrees(one: Case): boolean {
  const found = read(one);
  const expected = one.output.config;
  if (expected === undefined || found === undefined) return expected === undefined && found === undefined;
  return (["profiles", "sso_sessions", "services"] as const).every(
    (kind) => expected[kind] === undefined || Bun.deepEquals(found[kind], expected[kind]),
  );
}

describe("profile-parser-tests.json", () => {
  const all = cases<{ tests: readonly Case[] }>("profile-parser-tests.json").tests;
  for (const [index, one] of all.entries()) {
    const name = `${index + 1} ${one.name}`;
    const reason = DIFFERENT[name];
    test(reason === undefined ? name : `${name} (differs: ${reason})`, () => {
      expect(agrees(one)).toBe(reason === undefined);
    });
  }
});
