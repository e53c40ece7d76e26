import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { renderRules } from "../../components/monitors/prometheus/rules.ts";
import { startExporter } from "../metric-sources/exporter.ts";
import { hasPrometheus, prometheusNeeded, startPrometheus } from "../metric-sources/real-prometheus.ts";
import { countingBehind } from "./counting-gateways.ts";
import type { SeriesByName } from "./rule-tests.ts";

const counting = countingBehind("envoy");

/** A gateway and a controller as one target, and it stands in for both: v2 is out, and fails half of what it is still asked. */
function metrics(requests: number): string {
  const counts = (failed: number) => ({ answered: [requests - failed], errors: [failed], unanswered: [0] });
  const gateway: SeriesByName = { ...counting.shows("v1", counts(0)), ...counting.shows("v2", counts(requests / 2)) };
  const controller: SeriesByName = {
    'model_traffic_weight{model="sentiment",version="v1"}': [1],
    'model_traffic_weight{model="sentiment",version="v2"}': [0],
    'model_rollout_phase{model="sentiment",phase="aborted"}': [1],
    'model_rollout_step{model="sentiment"}': [1],
    'model_rollout_evalue{model="sentiment",metric="errorRate",side="rollback"}': [7],
    'model_rollout_last_pass_timestamp_seconds{model="sentiment"}': [Date.now() / 1000],
    'model_rollout_stopped{model="sentiment"}': [0],
  };
  return Object.entries({ ...gateway, ...controller })
    .flatMap(([series, [value]]) => (value === null || value === undefined ? [] : [`${series} ${value}\n`]))
    .join("");
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string; readonly state?: string }[];
  }[];
}

async function ask<Data>(url: string, path: string): Promise<Data> {
  const answer = await fetch(`${url}/api/v1/${path}`);
  return ((await answer.json()) as { readonly data: Data }).data;
}

test.skipIf(!hasPrometheus)(
  `a real Prometheus evaluates every rule on what it scrapes${prometheusNeeded}`,
  async () => {
    await using exporter = await startExporter();
    let requests = 0;
    exporter.show(metrics(requests));
    await using prometheus = await startPrometheus({
      scrape: { port: exporter.port },
      rules: renderRules(counting.watched),
    });
    const seen = async () => {
      requests += 1000;
      exporter.show(metrics(requests));
      await sleep(100);
      const { groups } = await ask<Rules>(prometheus.url, "rules");
      const all = groups.flatMap(({ rules }) => rules);
      const ratios = await ask<{ readonly result: readonly { readonly metric: { readonly version: string } }[] }>(
        prometheus.url,
        `query?query=${encodeURIComponent("model_version:errors:ratio5m > 0")}`,
      );
      return {
        unhealthy: all.filter(({ health }) => health !== "ok").map(({ name }) => name),
        firing: all.filter(({ state }) => state === "firing").map(({ name }) => name),
        failing: ratios.result.map(({ metric }) => metric.version),
      };
    };
    await expect.poll(seen, { timeout: 90_000, interval: 50 }).toEqual({
      unhealthy: [],
      firing: ["ModelErrorBudgetBurnsFast", "ModelErrorBudgetBurnsSlowly", "ModelRolloutAborted"],
      failing: ["v2"],
    });
  },
);
