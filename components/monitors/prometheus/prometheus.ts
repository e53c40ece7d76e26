import { stringify } from "yaml";
import { claimOnlyOne, refusal } from "../../kit/index.ts";
import type { Monitor, MonitorContext, MonitorHandle, MonitorPlan, WatchedPlatform } from "../monitor.ts";
import { renderDashboard } from "./dashboard.ts";
import type { ResolvedPrometheusMonitor } from "./document.ts";
import { podMonitor, ruleObject } from "./operator.ts";
import { renderRules } from "./rules.ts";
import type { Watched } from "./watched.ts";

/** What the document says where it says nothing. */
const DEFAULTS: ResolvedPrometheusMonitor = { kind: "prometheus", as: "files", selectedBy: {}, objective: 0.995 };

/**
 * Writes alert rules for Prometheus and a dashboard for Grafana.
 * @param platform what serves: how it counts, and where it has a place for texts
 */
export function prometheus(platform: WatchedPlatform, part: ResolvedPrometheusMonitor = DEFAULTS): Monitor {
  if (part.as === "operator" && platform.manifests !== true) {
    throw refusal('monitor.as: saw "operator"; allowed is "files" on a platform that is no cluster. Leave it out');
  }
  return { watch: (context, plan) => watch(context, plan, platform, part) };
}

function watch(
  context: MonitorContext,
  plan: MonitorPlan,
  platform: WatchedPlatform,
  part: ResolvedPrometheusMonitor,
): MonitorHandle {
  const { release, traffic } = plan;
  const { model } = traffic;
  claimOnlyOne(`the Prometheus rules of model ${model}`, `MonitoringStack "${context.name}"`);
  const isOperated = part.as === "operator";
  const watched: Watched = {
    model,
    owner: release.model.owner,
    series: platform.capabilities.series,
    versionSeries: platform.versionSeries?.(plan),
    objective: part.objective,
    runbooks: part.runbooks,
    alpha: traffic.rollout.alpha,
    beta: traffic.rollout.beta,
  };
  const rules = platform.keep(context, release, {
    as: "rules",
    name: `${model}.rules.yml`,
    content: renderRules(watched),
    ...(isOperated && { manifest: ruleObject(watched, part.selectedBy) }),
  });
  const dashboard = platform.keep(context, release, {
    as: "dashboard",
    name: `${model}.dashboard.json`,
    content: renderDashboard(watched),
  });
  const scraped = isOperated ? (platform.scraped?.(plan) ?? []) : [];
  const targets = scraped.map((each) => {
    const manifest = podMonitor(each, part.selectedBy);
    const document = { as: "targets", name: each.name, content: stringify(manifest.spec), manifest } as const;
    return [each.name, platform.keep(context, release, document)] as const;
  });
  return { rules, dashboard, ...Object.fromEntries(targets) };
}
