/** The text of the release notes. */

export interface ReleasedBuild {
  readonly target: string;
  readonly archives: readonly { readonly name: string; readonly bytes: number }[];
  /** What was run on which machine; undefined if the executable was never started. */
  readonly ran: string | undefined;
}

export interface ReleaseNotes {
  readonly version: string;
  /** The section of the changelog, without its heading. */
  readonly changes: string;
  readonly builds: readonly ReleasedBuild[];
}

/** Returns the notes as Markdown. */
export function releaseNotes({ version, changes, builds }: ReleaseNotes): string {
  const untried = builds.filter(({ ran }) => ran === undefined).map(({ target }) => `\`${target}\``);
  const rows = builds.flatMap(({ target, archives, ran = "nothing" }) =>
    archives.map(({ name, bytes }) => `| ${target} | ${name} | ${(bytes / 1e6).toFixed(1)} MB | ${ran} |`),
  );
  return [
    changes,
    "",
    "## Files",
    "",
    "| target | archive | size | tests that ran |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    untried.length === 0
      ? "Every executable was started on a machine of its kind, or under emulation, before this release."
      : `These executables could not be started before this release: ${untried.join(", ")}.`,
    "",
    "On macOS, a browser marks downloaded files, and macOS then refuses to start them. Remove the mark from the unpacked",
    "program: `xattr -d com.apple.quarantine rolecall`. `install.sh` downloads without a browser.",
    "",
    "## Verify",
    "",
    "```sh",
    "sha256sum --check --ignore-missing SHA256SUMS",
    `gh attestation verify rolecall-${version}-linux-x64.tar.gz --repo rolecall/rolecall`,
    "```",
    "",
    `Two builds gave the same bytes. To build them yourself, on x86-64: \`git checkout v${version} && ./scripts/release\`.`,
    "`rolecall.cdx.json` is the bill of materials (CycloneDX), `THIRD_PARTY_LICENSES` has the licences of what the",
    "executables contain.",
    "",
  ].join("\n");
}

/**
 * Returns the section of a version from the text of CHANGELOG.md, or else the section of unreleased changes.
 *
 * @throws Error if there is neither.
 */
export function changesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).map((section) => {
    const [heading = "", ...lines] = section.split("\n");
    return { heading: heading.trim(), text: lines.join("\n").trim() };
  });
  const named = (start: string) => sections.find(({ heading }) => heading.split(" ", 1)[0] === start);
  const section = named(version) ?? named("Unreleased");
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "${version}" or "Unreleased"`);
  return section.text;
}
