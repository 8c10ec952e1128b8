/** The paths of the AWS files, with the cases of test/cases/file-location-tests.json and further ones. */
import { describe, expect, test } from "bun:test";
import { locateSharedConfig } from "../../../src/config/locate.ts";
import { cases } from "../../support/cases.ts";

interface Case {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly configLocation: string;
  readonly credentialsLocation: string;
}

/** Cases in which the AWS CLI differs, by name, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "User home is loaded from $HOME with highest priority on windows platforms.":
    "Python, and therefore the AWS CLI, reads USERPROFILE on Windows and never HOME",
};

describe("file-location-tests.json", () => {
  const all = cases<{ tests: readonly Case[] }>("file-location-tests.json").tests;
  for (const [index, one] of all.entries()) {
    const reason = DIFFERENT[one.name];
    test(`${index + 1} ${one.name}${reason === undefined ? "" : ` (differs: ${reason})`}`, () => {
      const platform = one.platform === "windows" ? "win32" : one.platform;
      // A case for Windows that sets only HOME tests the paths below the home folder, not how that is found.
      const { HOME, ...rest } = one.environment;
      const systemHome = platform === "win32" && rest.USERPROFILE === undefined ? (HOME ?? "") : "";
      const found = locateSharedConfig(one.environment, platform, systemHome);
      const agrees = found.configFile === one.configLocation && found.credentialsFile === one.credentialsLocation;
      expect(agrees).toBe(reason === undefined);
    });
  }
});

describe("the home folder is that of Python's os.path.expanduser", () => {
  const rows: readonly [what: string, home: string | undefined, systemHome: string | undefined, path: string][] = [
    ["HOME", "/home/me", "/root", "/home/me/.aws/config"],
    ["the system's, if HOME is not set", undefined, "/root", "/root/.aws/config"],
    ["the root, if HOME is empty", "", "/root", "/.aws/config"],
    ["the root, if HOME is empty and the user unknown", "", undefined, "/.aws/config"],
    ["not expanded, if HOME is not set and the user unknown", undefined, undefined, "~/.aws/config"],
  ];
  for (const [what, home, systemHome, path] of rows) {
    test(what, () => {
      const named = { HOME: home, AWS_SHARED_CREDENTIALS_FILE: "~/.aws/config" };
      const { configFile, credentialsFile } = locateSharedConfig(named, "linux", systemHome);
      expect([configFile, credentialsFile]).toEqual([path, path]);
    });
  }
});

describe("AWS_CONFIG_FILE", () => {
  const rows: readonly [what: string, value: string, path: string][] = [
    ["may be an absolute path", "/etc/aws", "/etc/aws"],
    ["may start with ~", "~/c", "/home/me/c"],
    ["may be ~ alone", "~", "/home/me"],
    ["may contain ~ elsewhere, as a normal character", "/a/~/c", "/a/~/c"],
    ["may contain $NAME and ${NAME}", "/$A/${B}/c", "/1/2/c"],
    ["may contain a variable that is not set, which stays as written", "/$NOPE/c", "/$NOPE/c"],
    ["may start with a variable whose value starts with ~", "$T/c", "/home/me/c"],
    ["counts as not set if it is empty", "", "/home/me/.aws/config"],
  ];
  for (const [what, value, path] of rows) {
    test(what, () => {
      const environment = { HOME: "/home/me", A: "1", B: "2", T: "~", AWS_CONFIG_FILE: value };
      expect(locateSharedConfig(environment, "linux", "/nowhere").configFile).toBe(path);
    });
  }
});

describe("AWS_CONFIG_FILE on Windows", () => {
  const rows: readonly [what: string, value: string, path: string][] = [
    ["may start with ~", "~\\c", "C:\\Users\\me\\c"],
    ["may start with ~ and a slash", "~/c", "C:\\Users\\me/c"],
    ["may contain %NAME%, in any case", "%a%\\c", "1\\c"],
    ["may contain $NAME and ${NAME}", "D:\\$A\\${b}", "D:\\1\\2"],
    ["may contain a variable that is not set", "%NOPE%\\$NOPE", "%NOPE%\\$NOPE"],
    ["may contain %% and $$, which are one character", "100%%\\$$A", "100%\\$A"],
    ["expands nothing between single quotes", "'%A%'\\%A%", "'%A%'\\1"],
  ];
  for (const [what, value, path] of rows) {
    test(what, () => {
      const environment = { USERPROFILE: "C:\\Users\\me", HOME: "/ignored", A: "1", B: "2", AWS_CONFIG_FILE: value };
      expect(locateSharedConfig(environment, "win32", undefined).configFile).toBe(path);
    });
  }
});
