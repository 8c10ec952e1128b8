/** Prints the release notes: scripts/release-notes describes what it reads. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../src/domain/version.ts";
import { archiveNames } from "./releasing/archives.ts";
import { changesOf, releaseNotes } from "./releasing/release_notes.ts";
import { TARGETS } from "./releasing/targets.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const readIfExists = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);

process.stdout.write(
  releaseNotes({
    version: VERSION,
    changes: changesOf(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), VERSION),
    builds: TARGETS.map((target) => ({
      target: target.name,
      archives: archiveNames(VERSION, target).map((name) => ({
        name,
        bytes: statSync(join(ROOT, "dist", "release", name)).size,
      })),
      ran: readIfExists(join(ROOT, "dist", "ran", target.name)),
    })),
  }),
);
