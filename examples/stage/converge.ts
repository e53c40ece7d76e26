import type { Narrator } from "./narrator.ts";
import { succeed, type Tools } from "./tools.ts";

/** Applies the configuration as `pulumi up` does, and tells the plan. Returns what the engine changed: `update sentiment-route`. */
export async function converge(tools: Tools, narrator: Narrator, ...args: string[]): Promise<readonly string[]> {
  const update = succeed(await tools.update("up", ...args));
  narrator.quote(update.plan);
  narrator.say(`converged in ${update.seconds.toFixed(1)} s`);
  return update.changed;
}
