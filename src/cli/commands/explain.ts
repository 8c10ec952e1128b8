/** `rolecall explain`: shows the plan, and what the cache has for it. It runs no programs and prompts only for `--pick`. */
import { renderExplanation } from "../../report/explain.ts";
import type { Explanation } from "../../report/explanation.ts";
import { jsonText } from "../../report/json_text.ts";
import { planJson } from "../../report/plan_json.ts";
import { preview } from "../../resolve/preview.ts";
import { explainProxy, explainSts } from "../../sts/explain.ts";
import { rejectPositionals } from "../args/arguments.ts";
import type { CommandOptions } from "../args/options.ts";
import type { Context } from "../context.ts";
import { outputColors, outputWidth } from "../output_style.ts";
import { preparePlan } from "../prepare_plan.ts";

/** @returns the exit code 0. */
export async function explain(
  options: CommandOptions,
  positionals: readonly string[],
  context: Context,
): Promise<number> {
  rejectPositionals("explain", positionals);
  const { plan, scope, minTtl, ...dependencies } = await preparePlan(options, context, { listsIgnored: true });
  const sts = explainSts(plan);
  const explanation: Explanation = {
    plan,
    profileName: scope.profileName,
    sts,
    proxy: explainProxy(plan, sts, context.effects.environment),
    minTtl,
    preview: preview(plan, { ...dependencies, effects: context.effects }),
  };
  context.print(
    options.switch("json")
      ? jsonText(planJson(explanation))
      : renderExplanation(explanation, {
          colors: outputColors(options, context),
          width: outputWidth(context),
          home: context.effects.home,
          now: context.effects.now(),
        }),
  );
  return 0;
}
