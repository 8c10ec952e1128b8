/** `rolecall explain`: the plan, and what the cache makes of it. It asks nobody and runs nothing. */

import { renderExplanation } from "../../report/explain.ts";
import type { Explanation } from "../../report/explanation.ts";
import { jsonText } from "../../report/json_text.ts";
import { planJson } from "../../report/plan_json.ts";
import { forecast } from "../../resolve/preview.ts";
import { explainProxy, explainSts } from "../../sts/explain.ts";
import { refusePositionals } from "../args/arguments.ts";
import type { CommandOptions } from "../args/options.ts";
import type { World } from "../context.ts";
import { answerPaint, answerWidth } from "../output_style.ts";
import { prepare } from "../prepare.ts";

/** @returns the exit code 0. */
export async function explain(options: CommandOptions, positionals: readonly string[], world: World): Promise<number> {
  refusePositionals("explain", positionals);
  const { plan, scope, minTtl, ...needs } = await prepare(options, world);
  const sts = explainSts(plan);
  const explanation: Explanation = {
    plan,
    profileName: scope.profileName,
    sts,
    proxy: explainProxy(plan, sts, world.effects.environment),
    minTtl,
    forecast: forecast(plan, { ...needs, effects: world.effects }),
  };
  world.print(
    options.switch("json")
      ? jsonText(planJson(explanation))
      : renderExplanation(explanation, {
          paint: answerPaint(options, world),
          width: answerWidth(world),
          home: world.effects.home,
          now: world.effects.now(),
        }),
  );
  return 0;
}
