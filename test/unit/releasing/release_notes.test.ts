/** The release notes. */
import { describe, expect, test } from "bun:test";
import { changesOf, releaseNotes } from "../../../scripts/releasing/release_notes.ts";

const LINUX = {
  target: "linux-x64",
  archives: [
    { name: "rolecall-1.2.3-linux-x64.tar.gz", bytes: 54_308_599 },
    { name: "rolecall-1.2.3-linux-x64.tar.xz", bytes: 40_270_712 },
  ],
  ran: "ubuntu-24.04: 7 passed, 0 failed, 0 skipped",
};
const MAC = {
  target: "darwin-x64",
  archives: [{ name: "rolecall-1.2.3-darwin-x64.tar.gz", bytes: 1 }],
  ran: undefined,
};

describe("the release notes", () => {
  test("list each archive with its size and the tests that ran", () => {
    const notes = releaseNotes({ version: "1.2.3", changes: "- A change.", builds: [LINUX] });
    expect(notes).toStartWith("- A change.\n\n## Files\n");
    const ran = "ubuntu-24.04: 7 passed, 0 failed, 0 skipped";
    expect(notes).toContain(`\n| linux-x64 | rolecall-1.2.3-linux-x64.tar.gz | 54.3 MB | ${ran} |\n`);
    expect(notes).toContain(`\n| linux-x64 | rolecall-1.2.3-linux-x64.tar.xz | 40.3 MB | ${ran} |\n`);
    expect(notes).toContain("\nEvery executable was started");
    expect(notes).not.toContain("could not be started");
  });

  test("say which executables could not be run", () => {
    const notes = releaseNotes({ version: "1.2.3", changes: "", builds: [LINUX, MAC] });
    expect(notes).toContain("\nThese executables could not be started before this release: `darwin-x64`.\n");
    expect(notes).toContain("\n| darwin-x64 | rolecall-1.2.3-darwin-x64.tar.gz | 0.0 MB | nothing |\n");
  });
});

describe("the changes of a version", () => {
  const changelog =
    "# Changelog\n\n## Unreleased\n\n- new\n\n## 1.2.3 (2026-12-01)\n\n### Fixed\n\n- old\n\n## 1.2.30\n\n- x\n";

  test.each([
    ["1.2.3", "### Fixed\n\n- old"],
    ["1.2.30", "- x"],
    ["2.0.0", "- new"],
  ])("%s", (version, text) => {
    expect(changesOf(changelog, version)).toBe(text);
  });

  test("are missing from an empty changelog", () => {
    expect(() => changesOf("# Changelog\n", "1.0.0")).toThrow('CHANGELOG.md has no section "1.0.0" or "Unreleased"');
  });
});
