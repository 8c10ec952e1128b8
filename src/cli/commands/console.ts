/** `rolecall console`: a sign-in URL for the AWS console, printed or opened. */
import { tmpdir } from "node:os";
import { consoleUrl } from "../../deliver/console_url.ts";
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { consoleAddress, planConsole } from "../../plan/console.ts";
import { cacheNotes } from "../../plan/signer.ts";
import { findBrowser, openPage } from "../../runtime/browser.ts";
import { readCaBundle } from "../../sources/ca_bundle.ts";
import { rejectPositionals } from "../args/arguments.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { resolvePlan } from "../find_credentials.ts";
import { preparePlan } from "../prepare_plan.ts";

/** @returns the exit code 0. */
export async function consoleCommand(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("console", positionals);
  const { effects } = context;
  // Checked before the MFA prompt: an error after it would waste the code.
  const browser = options.switch("open") ? requireBrowser(context) : undefined;
  const prepared = await preparePlan(options, context);
  const step = planConsole(prepared, {
    destination: options.text("destination"),
    sessionDuration: options.text("session-duration"),
  });
  if (prepared.plan.region !== undefined) consoleAddress(step, prepared.plan, prepared.plan.region.value);
  const { credentials, plan, region, signer } = await resolvePlan(prepared, context, { region: true });
  const settings = {
    address: consoleAddress(step, plan, region),
    sessionSeconds: step.sessionSeconds?.value,
    attempts: plan.services.attempts.value,
    ca: readCaBundle(plan.services, effects),
  };
  const url = await consoleUrl(credentials, settings, effects).catch((error: unknown) => {
    // The sign-in service gives no reason, so the session may be one that AWS no longer accepts.
    const [note] = cacheNotes(signer);
    throw note !== undefined && error instanceof RolecallError ? error.noting(note) : error;
  });
  if (browser === undefined) {
    context.print(`${url}\n`);
    return 0;
  }
  const failure = await openPage(
    { url, title: "Sign in to the AWS console" },
    browser,
    foldersForPages(context),
    effects.now(),
  );
  if (failure === undefined) return 0;
  throw new RolecallError("browser-failed", `${browser[0]} could not open a browser: ${failure}`, {
    help: [SET_BROWSER, PRINT_URL],
  });
}

const SET_BROWSER = "set BROWSER to a program that opens URLs";
const PRINT_URL = "leave out --open to print the URL";

/** @throws RolecallError `browser-failed` if there is no program that opens URLs. */
function requireBrowser({ effects }: Context): readonly string[] {
  const argv = findBrowser(effects.environment, process.platform);
  if (argv !== undefined) return argv;
  throw new RolecallError("browser-failed", "no program found that opens a browser", {
    at: { option: "--open" },
    help: [SET_BROWSER, PRINT_URL],
  });
}

/** The user's runtime folder, which the system removes at logout, then the folder for temporary files. */
function foldersForPages({ effects }: Context): readonly string[] {
  const runtimeFolder = variable(effects.environment, "XDG_RUNTIME_DIR");
  return runtimeFolder === undefined ? [tmpdir()] : [runtimeFolder, tmpdir()];
}
