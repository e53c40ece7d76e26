import { stringify } from "yaml";
import { type AlertingRule, planAlerts } from "./alerts.ts";
import { planQueries } from "./queries.ts";
import { planRecords, type RecordingRule } from "./records.ts";
import { isTold, type Watched } from "./watched.ts";

/** Rules that Prometheus evaluates together. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/**
 * Prometheus rules for a model: rates, ratios and latencies by version, and alerts on them. They depend on the arguments
 * alone, so a rollout that starts, moves or ends changes nothing here.
 */
export function planRules(watched: Watched): readonly RuleGroup[] {
  const { model, versionSeries } = watched;
  const queries = planQueries(model, versionSeries);
  const records = planRecords(queries).filter(({ expr }) => isTold(expr, watched));
  return [
    { name: `${model}-records`, rules: records },
    { name: `${model}-alerts`, rules: planAlerts(queries, watched) },
  ];
}

/** The same as the text of a rule file. */
export const renderRules = (watched: Watched): string => stringify({ groups: planRules(watched) }, { lineWidth: 0 });
