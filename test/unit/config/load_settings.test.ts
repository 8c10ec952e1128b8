/** Which settings file is read. */
import { describe, expect, test } from "bun:test";
import { loadSettings, settingsFiles } from "../../../src/config/load_settings.ts";
import type { Environment } from "../../../src/domain/environment.ts";
import { RolecallError } from "../../../src/domain/errors.ts";

const USER = "/home/me/.config/rolecall/config.toml";
const XDG = "/xdg/rolecall/config.toml";
const SYSTEM = "/etc/rolecall/config.toml";

/** Files by path; an Error is thrown in place of the text. */
type Files = Readonly<Record<string, string | Error>>;

interface Situation {
  readonly files: Files;
  readonly named?: string;
  readonly environment?: Environment;
}

async function load({ files, named, environment = {} }: Situation) {
  const problems: RolecallError[] = [];
  const texts = new Map<string, string>();
  const settings = await loadSettings(
    named === undefined ? undefined : { value: named, from: { option: "--settings" } },
    settingsFiles(environment, "linux", "/home/me"),
    (path) => {
      const file = files[path];
      if (file instanceof Error) throw file;
      return file === undefined ? undefined : new TextEncoder().encode(file);
    },
    texts,
    (problem) => problems.push(problem),
  );
  return { settings, problems, texts };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe("the file that is read", () => {
  const rows: readonly [what: string, situation: Situation, file: string | undefined][] = [
    ["none, if there is none", { files: {} }, undefined],
    ["the user's", { files: { [USER]: "" } }, USER],
    ["the machine's", { files: { [SYSTEM]: "" } }, SYSTEM],
    ["the user's rather than the machine's", { files: { [USER]: "", [SYSTEM]: "" } }, USER],
    ["the one in XDG_CONFIG_HOME", { files: { [XDG]: "", [USER]: "" }, environment: { XDG_CONFIG_HOME: "/xdg" } }, XDG],
    [
      "the machine's, if XDG_CONFIG_HOME has none: ~/.config does not count then",
      { files: { [USER]: "", [SYSTEM]: "" }, environment: { XDG_CONFIG_HOME: "/xdg" } },
      SYSTEM,
    ],
    ["the user's, if XDG_CONFIG_HOME is empty", { files: { [USER]: "" }, environment: { XDG_CONFIG_HOME: "" } }, USER],
    [
      "never one in the working directory, if XDG_CONFIG_HOME is relative",
      { files: { "x/rolecall/config.toml": "" }, environment: { XDG_CONFIG_HOME: "x" } },
      undefined,
    ],
    ["the one that was named", { files: { "own.toml": "", [USER]: "" }, named: "own.toml" }, "own.toml"],
    [
      "the machine's, if a part of the user's path is a file",
      { files: { [USER]: systemError("ENOTDIR"), [SYSTEM]: "" } },
      SYSTEM,
    ],
  ];
  for (const [what, situation, file] of rows) {
    test(what, async () => {
      const { settings, problems, texts } = await load(situation);
      expect(settings?.file).toBe(file);
      expect(problems).toEqual([]);
      expect([...texts.keys()]).toEqual(file === undefined ? [] : [file]);
    });
  }
});

describe("an error", () => {
  const option = { option: "--settings" };
  const rows: readonly [what: string, situation: Situation, at: RolecallError["at"]][] = [
    ["a named file that does not exist", { files: { [USER]: "" }, named: "own.toml" }, option],
    [
      "a named file whose path goes through a file",
      { files: { "own.toml": systemError("ENOTDIR") }, named: "own.toml" },
      option,
    ],
    ["a named file that cannot be read", { files: { "own.toml": systemError("EACCES") }, named: "own.toml" }, option],
    ["the user's file, if it cannot be read", { files: { [USER]: systemError("EACCES") } }, undefined],
    ["a file with a problem", { files: { [USER]: "x = 1" } }, { file: USER, line: 1, column: 1 }],
  ];
  for (const [what, situation, at] of rows) {
    test(what, async () => {
      const { problems } = await load(situation);
      expect(problems.map((problem) => [problem.code, problem.at])).toEqual([["settings-invalid", at]]);
    });
  }

  test("is thrown unless a report takes it", async () => {
    const named = { value: "own.toml", from: option };
    const loading = loadSettings(named, [], () => undefined, new Map());
    expect(await loading.catch((error: unknown) => error)).toBeInstanceOf(RolecallError);
  });
});

describe("the files on Windows", () => {
  const home = "C:\\Users\\me";
  const rows: readonly [what: string, environment: Environment, files: readonly string[]][] = [
    ["the user's; every user can create C:\\etc", {}, ["C:\\Users\\me\\.config\\rolecall\\config.toml"]],
    ["in XDG_CONFIG_HOME", { XDG_CONFIG_HOME: "D:/settings" }, ["D:\\settings\\rolecall\\config.toml"]],
    ["not in a relative folder", { XDG_CONFIG_HOME: "settings" }, []],
  ];
  for (const [what, environment, files] of rows) {
    test(what, () => expect(settingsFiles(environment, "win32", home)).toEqual([...files]));
  }
});
