/** Where the two files are, from ../shared/cases/file-location-tests.json and beyond. */
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

/** Cases that the AWS CLI decides differently, by name, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "User home is loaded from $HOME with highest priority on windows platforms.":
    "Python, and so the AWS CLI, takes USERPROFILE there and never HOME",
};

describe("file-location-tests.json", () => {
  const all = cases<{ tests: readonly Case[] }>("file-location-tests.json").tests;
  for (const [index, one] of all.entries()) {
    const reason = DIFFERENT[one.name];
    test(`${index + 1} ${one.name}${reason === undefined ? "" : ` (differs: ${reason})`}`, () => {
      const platform = one.platform === "windows" ? "win32" : one.platform;
      // A case that gives only HOME to Windows asks about the files, not about the home.
      const { HOME, ...rest } = one.environment;
      const systemHome = platform === "win32" && rest.USERPROFILE === undefined ? (HOME ?? "") : "";
      const found = locateSharedConfig(one.environment, platform, systemHome);
      const agrees = found.configFile === one.configLocation && found.credentialsFile === one.credentialsLocation;
      expect(agrees).toBe(reason === undefined);
    });
  }
});

describe("AWS_CONFIG_FILE", () => {
  const rows: readonly [what: string, value: string, path: string][] = [
    ["is taken as it is", "/etc/aws", "/etc/aws"],
    ["~ is the home", "~/c", "/home/me/c"],
    ["~ alone, too", "~", "/home/me"],
    ["~ elsewhere is a letter", "/a/~/c", "/a/~/c"],
    ["$NAME and ${NAME} are expanded", "/$A/${B}/c", "/1/2/c"],
    ["what is not set stays", "/$NOPE/c", "/$NOPE/c"],
    ["~ in a variable is expanded after it", "$T/c", "/home/me/c"],
    ["empty is unset", "", "/home/me/.aws/config"],
  ];
  for (const [what, value, path] of rows) {
    test(what, () => {
      const environment = { HOME: "/home/me", A: "1", B: "2", T: "~", AWS_CONFIG_FILE: value };
      expect(locateSharedConfig(environment, "linux", "/nowhere").configFile).toBe(path);
    });
  }
});
