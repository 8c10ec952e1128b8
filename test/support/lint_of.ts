/** Runs the rules of `check` on texts, without touching a disk. */

import type { LintInput } from "../../src/lint/input.ts";
import { type LintResult, lint } from "../../src/lint/lint.ts";
import { NOW } from "./test_effects.ts";

export interface Texts {
  readonly config?: string;
  readonly credentials?: string;
}

export function lintInput(texts: Texts): LintInput {
  const read = new Map([
    ["/home/me/.aws/config", texts.config],
    ["/home/me/.aws/credentials", texts.credentials],
  ]);
  return {
    paths: { configFile: "/home/me/.aws/config", credentialsFile: "/home/me/.aws/credentials" },
    namedBy: new Map(),
    home: "/home/me",
    environment: {},
    now: () => NOW,
    readFile: (path) => {
      const text = read.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    fileInfo: (path) => (read.get(path) === undefined ? undefined : { kind: "file", mode: 0o600, realPath: path }),
    folderEntries: () => [],
    userId: 1000,
    hasProgram: () => true,
    settings: undefined,
    settingsProblems: [],
    settingsFile: "/home/me/.config/rolecall/config.toml",
  };
}

export function lintOf(texts: Texts): LintResult {
  return lint(lintInput(texts));
}
