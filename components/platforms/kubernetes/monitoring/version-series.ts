import { quote } from "../../../metric-sources/prometheus/index.ts";
import type { VersionSeries } from "../../../monitors/monitor.ts";
import type { Gateway, GatewayMetric } from "../gateways/index.ts";
import { selectorOf } from "../gateways/selector.ts";
import type { Variant } from "../route/order.ts";

/** Whose requests a gateway counts. */
export interface CountedModel {
  readonly model: string;
  /** Of the route, and so of the services. */
  readonly namespace: string;
  /** Every deployed version. */
  readonly variants: Readonly<Record<string, Variant>>;
  /** Matchers that narrow the gateway's series: `cluster="eu"`. @default none */
  readonly selector?: string | undefined;
}

/** Statuses, and classes of them, that are answers: what has another one was failed. */
const ANSWERED = "[1-4].*";

/** What a gateway counts of a model's versions, under the names that rules and dashboards of every platform have. */
export function versionSeries(gateway: Gateway, counted: CountedModel): VersionSeries {
  const { sent, answers, answersAll, open, durations } = gateway;
  const each = (expressionOf: (select: Select) => string): string => {
    const { model, namespace, variants, selector } = counted;
    const versions = Object.entries(variants).map(([version, { service, port, named: byName = service }]) => {
      const ports = [...new Set([service, byName])].map((each) => ({ service: each, port }));
      const services = { namespace, ports, selector };
      const select: Select = (metric, ...matchers) => selectorOf(gateway, metric, services, ...matchers);
      return named(expressionOf(select), model, version);
    });
    return `(${versions.join(" or ")})`;
  };
  const withStatus = (operator: "=~" | "!~") => `${answers.status}${operator}${quote(ANSWERED)}`;
  const rate = (select: Select, metric: GatewayMetric, window: string, ...matchers: readonly string[]): string =>
    `sum(rate(${select(metric, ...matchers)}[${window}]))`;

  return {
    requests: (window) =>
      each((select) => {
        const all = rate(select, sent, window);
        // What was sent and what came of it must begin at the same scrape: what came of it is whole, so it counts both.
        return answersAll && answers.metric !== sent.metric ? orZero(rate(select, answers, window), all) : all;
      }),
    failures: (window) =>
      each((select) => {
        if (answersAll) return rate(select, answers, window, withStatus("!~"));
        const all = rate(select, sent, window);
        const answered = orZero(rate(select, answers, window, withStatus("=~")), all);
        if (open === undefined) return `clamp_min(${all} - ${answered}, 0)`;
        const begun = orZero(`sum(deriv(${select(open)}[${window}]))`, all);
        return `clamp_min(${all} - ${answered} - ${begun}, 0)`;
      }),
    ...(durations !== undefined && {
      latency: (share, window) => {
        const buckets = { ...durations, metric: `${durations.metric}_bucket` };
        const quantile = each(
          (select) => `histogram_quantile(${share}, sum by (le) (rate(${select(buckets)}[${window}])))`,
        );
        return durations.unit === "ms" ? `${quantile} / 1000` : quantile;
      },
    }),
  };
}

/** The series of one version. */
type Select = (metric: GatewayMetric, ...matchers: readonly string[]) => string;

/** A series that was never counted is 0 where its requests are. */
const orZero = (expression: string, requests: string): string => `(${expression} or 0 * ${requests})`;

const named = (expression: string, model: string, version: string): string =>
  `label_replace(label_replace(${expression}, "model", ${quote(model)}, "", ""), "version", ${quote(version)}, "", "")`;
