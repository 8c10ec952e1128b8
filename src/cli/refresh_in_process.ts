/** Refreshes the credentials that this process serves. */
import type { SharedConfigPaths } from "../config/locate.ts";
import type { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
import { fileInfo } from "../files/file_info.ts";
import { fingerprintOf } from "../files/fingerprint.ts";
import type { Plan } from "../plan/plan.ts";
import { type Refresher, SYSTEM_TIMER, startRefresher } from "../serve/refresher.ts";
import type { CommandOptions } from "./args/options.ts";
import type { Context } from "./context.ts";
import { type FoundCredentials, findCredentials } from "./find_credentials.ts";
import { nonInteractiveContext } from "./non_interactive.ts";
import { asRolecallError, describeError } from "./unexpected_error.ts";

/** The first attempt to get credentials failed, and another one may succeed. */
export interface FailedStart {
  readonly error: RolecallError;
  /** The profile that the user chose with `--pick`. */
  readonly picked: Sourced<string> | undefined;
  readonly plan: Plan;
}

export interface LateStart {
  /** As in `FindOptions`. */
  readonly wantsRegion: boolean;
  /** Called with the first credentials, before they are served. */
  onFirst(found: FoundCredentials): void;
}

/**
 * Starts to refresh the credentials.
 *
 * @param start the first credentials, or why there are none. A profile that the user picked is kept, without a prompt.
 * @param late what to do if the first credentials are found later.
 */
export function refreshInProcess(
  start: FoundCredentials | FailedStart,
  options: CommandOptions,
  context: Context,
  late: LateStart = { wantsRegion: false, onFirst: () => {} },
): Refresher {
  const stopped = new AbortController();
  const refreshContext = nonInteractiveContext(context, stopped.signal);
  const { now, trace, warn } = refreshContext.effects;
  let files = keyFiles(start.plan, context.configPaths);
  let hasCredentials = !("error" in start);
  let lastFingerprint = fingerprintOf(files);
  const refresher = startRefresher("error" in start ? describeError(start.error) : start.credentials, {
    ...SYSTEM_TIMER,
    now,
    trace,
    warn,
    async refresh(minTtl) {
      // Before the files are read, so that a change while they are read is noticed.
      lastFingerprint = fingerprintOf(files);
      const request = { minTtl, profile: start.picked };
      const region = late.wantsRegion && !hasCredentials;
      const found = await findCredentials(options, refreshContext, { region }, request);
      const foundIn = keyFiles(found.plan, context.configPaths);
      if (foundIn.length !== files.length) lastFingerprint = fingerprintOf(foundIn);
      files = foundIn;
      if (!hasCredentials) late.onFirst(found);
      hasCredentials = true;
      return found.credentials;
    },
    isFromFiles: () => files.length > 0,
    haveFilesChanged: () => fingerprintOf(files) !== lastFingerprint,
    isTemporary: (error) => asRolecallError(error).isTemporary,
    describeError,
  });
  return {
    ...refresher,
    stop() {
      refresher.stop();
      stopped.abort();
    },
  };
}

/**
 * The AWS files, if the credentials are keys in them and not a session that was made with such keys. Also empty if the
 * file with the keys is not a regular file: a pipe, as of a process substitution, can be read only once.
 */
export function keyFiles({ source, mfaSession, roles }: Plan, paths: SharedConfigPaths): readonly string[] {
  if (source.kind !== "static" || mfaSession !== undefined || roles.length > 0) return [];
  const { configFile, credentialsFile } = paths;
  const file = fileInfo(source.file === "credentials" ? credentialsFile : configFile);
  return file === undefined || file.kind === "file" ? [configFile, credentialsFile] : [];
}
