/** `rolecall console`: a sign-in URL for the AWS console, printed or opened. */
import { tmpdir } from "node:os";
import { consoleUrl } from "../../deliver/console_url.ts";
import { variable } from "../../domain/environment.ts";
import { RolecallError } from "../../domain/errors.ts";
import { consoleAddress, planConsole } from "../../plan/console.ts";
import { findBrowser, openPage } from "../../runtime/browser.ts";
import { readCaBundle } from "../../sources/ca_bundle.ts";
import { refusePositionals } from "../args/arguments.ts";
import type { CommandOptions } from "../args/options.ts";
import type { World } from "../context.ts";
import { carryOut } from "../find_credentials.ts";
import { prepare } from "../prepare.ts";

/** @returns the exit code 0. */
export async function consoleCommand(
  options: CommandOptions,
  positionals: readonly string[],
  world: World,
): Promise<number> {
  refusePositionals("console", positionals);
  const { effects } = world;
  // All that can be known beforehand is: a code that was asked for in vain is spent.
  const browser = options.switch("open") ? browserWords(world) : undefined;
  const prepared = await prepare(options, world);
  const step = planConsole(prepared, {
    destination: options.text("destination"),
    sessionDuration: options.text("session-duration"),
  });
  if (prepared.plan.region !== undefined) consoleAddress(step, prepared.plan, prepared.plan.region.value);
  const { credentials, plan, region } = await carryOut(prepared, world, { region: true });
  const settings = {
    address: consoleAddress(step, plan, region),
    sessionSeconds: step.sessionSeconds?.value,
    attempts: plan.services.attempts.value,
    ca: readCaBundle(plan.services, effects),
  };
  const url = await consoleUrl(credentials, settings, effects);
  if (browser === undefined) {
    world.print(`${url}\n`);
    return 0;
  }
  const failure = await openPage(
    { url, title: "Sign in to the AWS console" },
    browser,
    folderForPages(world),
    effects.now(),
  );
  if (failure === undefined) return 0;
  throw new RolecallError("browser-failed", `${browser[0]} could not open a browser: ${failure}`, {
    help: ["without --open the URL is printed", "BROWSER names another program"],
  });
}

function browserWords({ effects }: World): readonly string[] {
  const words = findBrowser(effects.environment, process.platform);
  if (words !== undefined) return words;
  throw new RolecallError("browser-failed", "there is no program that opens a browser", {
    at: { option: "--open" },
    help: ["BROWSER names one; without --open the URL is printed"],
  });
}

/** The user's own, which is gone at logout, where there is one. */
function folderForPages({ effects }: World): string {
  return variable(effects.environment, "XDG_RUNTIME_DIR") ?? tmpdir();
}
