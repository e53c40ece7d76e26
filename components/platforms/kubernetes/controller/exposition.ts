import { evaluesOf, verdictOf } from "../../../rollout/index.ts";
import { type RolloutFigures, renderGauge, renderRollouts, type Sample } from "../../../traffic/exposition.ts";
import { WHOLE } from "../../../traffic/ladder.ts";
import { type Split, shareIn } from "../route/split.ts";
import type { Kept } from "./kept.ts";
import type { RouteReport } from "./rounds.ts";

/** What a controller knows of its routes, in the Prometheus text format, under the names that the local gateway uses. */
export function renderMetrics(reports: readonly RouteReport[]): string {
  const passed = reports.flatMap(({ model, doneAt }): readonly Sample[] =>
    doneAt === undefined ? [] : [[{ model }, doneAt / 1000]],
  );
  const stopped = reports.map(({ model, last }): Sample => [{ model }, Number(last?.kind === "stopped")]);
  const rollouts = reports.flatMap(({ last }) => (last?.kind === "done" ? figuresOf(last.kept, last.live) : []));
  const lines = [
    ...renderGauge(
      "model_rollout_last_pass_timestamp_seconds",
      "When a pass over the route last came to its end.",
      passed,
    ),
    ...renderGauge("model_rollout_stopped", "1 while a person has to look at the route: nothing is changed.", stopped),
    ...renderRollouts(rollouts),
  ];
  return `${lines.join("\n")}\n`;
}

function figuresOf({ state }: Kept, live: Split | undefined): readonly RolloutFigures[] {
  const { plan, progress, rolledBack, losses, judges } = state;
  if (plan === undefined) return [];
  const shares = (split: Split) =>
    Object.fromEntries(Object.keys(plan.versions).map((version) => [version, shareIn(split, version) / WHOLE]));
  return [
    {
      model: plan.model,
      shares: live && shares(live),
      phase: rolledBack === undefined ? progress?.phase : "rolledBack",
      step: progress?.step ?? -1,
      override: plan.override === undefined ? undefined : { version: plan.stable, reason: plan.override },
      losses: losses.length,
      evalues: evaluesOf(judges && verdictOf(plan.rollout, judges)),
    },
  ];
}
