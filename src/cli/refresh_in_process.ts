/** Refreshes the credentials that this process serves. */
import type { RolecallError } from "../domain/errors.ts";
import type { Sourced } from "../domain/origin.ts";
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
  const { configFile, credentialsFile } = context.configPaths;
  const fingerprint = () => fingerprintOf([configFile, credentialsFile]);
  let { plan } = start;
  let hasCredentials = !("error" in start);
  let lastFingerprint = fingerprint();
  const refresher = startRefresher("error" in start ? describeError(start.error) : start.credentials, {
    ...SYSTEM_TIMER,
    now,
    trace,
    warn,
    async refresh(minTtl) {
      // Before the files are read, so that a change in between is seen as one.
      lastFingerprint = fingerprint();
      const request = { minTtl, profile: start.picked };
      const region = late.wantsRegion && !hasCredentials;
      const found = await findCredentials(options, refreshContext, { region }, request);
      ({ plan } = found);
      if (!hasCredentials) late.onFirst(found);
      hasCredentials = true;
      return found.credentials;
    },
    isFromFiles: () => readsKeysFromFiles(plan),
    haveFilesChanged: () => fingerprint() !== lastFingerprint,
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

/** Whether the credentials are keys in the AWS files, and not a session that was made with them. */
export function readsKeysFromFiles({ source, mfaSession, roles }: Plan): boolean {
  return source.kind === "static" && mfaSession === undefined && roles.length === 0;
}
