/** The formula for Homebrew, with the checksums of a release's archives. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { archiveNames } from "./archives.ts";
import { sha256 } from "./checksums.ts";
import { targetNamed } from "./targets.ts";

/** The targets by the blocks of a formula. */
const BLOCKS = [
  {
    os: "on_macos",
    cpus: [
      ["on_arm", "darwin-arm64"],
      ["on_intel", "darwin-x64"],
    ],
  },
  {
    os: "on_linux",
    cpus: [
      ["on_arm", "linux-arm64"],
      ["on_intel", "linux-x64"],
    ],
  },
] as const;

/**
 * Returns the text of rolecall.rb.
 *
 * @param folder the folder with the archives.
 * @returns undefined if one of the archives is missing.
 */
export function homebrewFormula(version: string, folder: string): string | undefined {
  const archiveOf = (target: string) => archiveNames(version, targetNamed(target))[0] ?? "";
  const archives = BLOCKS.flatMap(({ cpus }) => cpus.map(([, target]) => join(folder, archiveOf(target))));
  if (!archives.every(existsSync)) return undefined;
  const source = (target: string) => {
    const archive = archiveOf(target);
    return `      url "https://github.com/rolecall/rolecall/releases/download/v${version}/${archive}"
      sha256 "${sha256(join(folder, archive))}"
`;
  };
  const blocks = BLOCKS.map(
    ({ os, cpus }) =>
      `  ${os} do\n${cpus.map(([cpu, target]) => `    ${cpu} do\n${source(target)}    end\n`).join("")}  end\n`,
  );
  return `class Rolecall < Formula
  desc "Find AWS credentials, assume roles, and run commands with them"
  homepage "https://github.com/rolecall/rolecall"
  version "${version}"
  license "Apache-2.0"

${blocks.join("\n")}
  def install
    bin.install "rolecall"
    man1.install "rolecall.1"
    bash_completion.install "completions/rolecall.bash" => "rolecall"
    zsh_completion.install "completions/_rolecall"
    fish_completion.install "completions/rolecall.fish"
    doc.install "LICENSE", "THIRD_PARTY_LICENSES", "README.md"
  end

  test do
    assert_match "rolecall #{version}", shell_output("#{bin}/rolecall --version")
  end
end
`;
}
