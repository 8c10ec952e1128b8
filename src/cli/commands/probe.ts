/** `rolecall probe`: checks which credential sources have credentials right now. */
import type { SharedConfig } from "../../config/shared_config.ts";
import { RolecallError } from "../../domain/errors.ts";
import { type PendingRow, type ProbeRow, probe } from "../../probe/probe.ts";
import { jsonText } from "../../report/json_text.ts";
import { drawProbe, printProbe } from "../../report/probe.ts";
import { rejectPositionals } from "../args/arguments.ts";
import { type CommandOptions, profileFromVariable } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors } from "../output_style.ts";

/** @returns the exit code: 0 if at least one source has credentials, else 1. */
export async function probeCommand(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("probe", positionals);
  const { effects } = context;
  const settings = await context.readSettings(options.text("settings"));
  const inputs = {
    profile: profileFromVariable(effects.environment),
    config: configOrProblem(context),
    environment: effects.environment,
    settings,
    sts: options.switch("sts"),
  };
  const pending = probe(inputs, effects);
  await show(pending, options, context);
  const rows = await Promise.all(pending.map(({ row }) => row));
  return rows.some(({ source, state }) => source !== "sts" && state === "available") ? 0 : 1;
}

async function show(pending: readonly PendingRow[], options: CommandOptions, context: Context): Promise<void> {
  if (options.switch("json")) {
    const rows = await Promise.all(pending.map(({ row }) => row));
    context.print(jsonText(rows.map(jsonRow)));
    return;
  }
  const screen = context.screen();
  const style = { colors: outputColors(options, context), home: context.effects.home };
  // Lines of --verbose would disturb the redrawing.
  const live = screen?.canDraw === true && screen.rows > pending.length && !options.switch("verbose");
  if (live) await drawProbe(pending, context.print, style, screen);
  else await printProbe(pending, context.print, style);
}

function jsonRow({ source, state, detail, ms, ...more }: ProbeRow) {
  return { source, state, detail, ms, ...more };
}

function configOrProblem(context: Context): SharedConfig | RolecallError {
  try {
    return context.readConfig();
  } catch (error) {
    if (error instanceof RolecallError) return error;
    throw error;
  }
}
