/** What `--version` prints. */
import { COMMIT, TARGET, VERSION } from "../domain/version.ts";
import { runtimeName } from "../runtime/process/runtime_name.ts";

export function versionText(): string {
  const target = TARGET ?? `${process.platform}-${process.arch}`;
  return `rolecall ${VERSION} (${runtimeName()}, ${target})\ncommit ${COMMIT ?? "unknown"}\n`;
}
