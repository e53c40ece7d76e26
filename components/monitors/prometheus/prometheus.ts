import { claimOnlyOne } from "../../kit/index.ts";
import type { KeepDocument, Monitor } from "../monitor.ts";
import { renderDashboard } from "./dashboard.ts";
import { renderRules } from "./rules.ts";

/**
 * Writes alert rules for Prometheus and a dashboard for Grafana.
 * @param keep puts a text where the platform has a place for it, and says where that is
 */
export const prometheus = (keep: KeepDocument): Monitor => ({
  watch(context, { release, traffic: { model, rollout } }) {
    claimOnlyOne(`the Prometheus rules of model ${model}`, `MonitoringStack "${context.name}"`);
    const rules = { as: "rules", name: `${model}.rules.yml`, content: renderRules(model, rollout) } as const;
    const dashboard = {
      as: "dashboard",
      name: `${model}.dashboard.json`,
      content: renderDashboard(model, rollout),
    } as const;
    return { rules: keep(context, release, rules), dashboard: keep(context, release, dashboard) };
  },
});
