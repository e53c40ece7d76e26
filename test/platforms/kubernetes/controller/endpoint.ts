import {
  configMapPath,
  endpointSlicesPath,
  httpRoutePath,
} from "../../../../components/platforms/kubernetes/cluster/index.ts";
import type { HttpRoute, Target, World } from "../../../../components/platforms/kubernetes/controller/index.ts";
import { type Kept, readKept, STATE_KEY } from "../../../../components/platforms/kubernetes/controller/kept.ts";
import type { ConfigMap } from "../../../../components/platforms/kubernetes/controller/objects.ts";
import type { CountCursor, CountQuestion } from "../../../../components/platforms/kubernetes/counts/index.ts";
import { annotations } from "../../../../components/platforms/kubernetes/route/annotations.ts";
import { historyName, routeName, stateName } from "../../../../components/platforms/kubernetes/route/names.ts";
import type { RouteOrder } from "../../../../components/platforms/kubernetes/route/order.ts";
import { rulesOf, splitIn } from "../../../../components/platforms/kubernetes/route/rules.ts";
import { type Split, shareIn } from "../../../../components/platforms/kubernetes/route/split.ts";
import type { ClosedInterval } from "../../../../components/rollout/index.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { orderOf } from "../route/orders.ts";
import { StoredCluster } from "./stored.ts";

const NOW = Date.UTC(2026, 0, 1);
/** Requests an interval. */
const REQUESTS = 4_000;

/** One endpoint in a stored cluster, with traffic that follows its route: each call of `passed` is an interval of a second. */
export class DrivenEndpoint {
  readonly cluster: StoredCluster = new StoredCluster();
  readonly target: Target;
  /** What share of the candidate's requests fail, 0 to 1. */
  failing = 0.01;
  /** Requests an interval that reach the candidate beside the route. */
  leaking = 0;
  /** Counts that do not come. */
  silent = false;
  /** What was asked of the counts last. */
  asked: CountQuestion | undefined;
  readonly #model: string;
  readonly #intervals: ClosedInterval[] = [];
  #order: RouteOrder;

  constructor(plan: TrafficPlan) {
    this.#model = plan.model;
    this.target = { namespace: "models", name: routeName(plan.model) };
    this.#order = withMetrics(plan);
    const rules = rulesOf(this.#order, { shares: { [plan.stable]: 10_000 } });
    this.cluster.put(this.routePath, {
      metadata: { name: this.target.name, annotations: { [annotations.order]: JSON.stringify(this.#order) } },
      spec: { rules },
    });
    for (const name of [stateName(plan.model), historyName(plan.model)]) {
      this.cluster.put(configMapPath("models", name), { metadata: { name } });
    }
    for (const version of Object.keys(plan.versions)) this.setReady(version, 2);
  }

  get routePath(): string {
    return httpRoutePath("models", this.target.name);
  }

  get statePath(): string {
    return configMapPath("models", stateName(this.#model));
  }

  get route(): HttpRoute {
    return this.cluster.read<HttpRoute>(this.routePath);
  }

  get kept(): Kept {
    return readKept(this.cluster.read<ConfigMap>(this.statePath).data?.[STATE_KEY] ?? "");
  }

  get history(): ConfigMap {
    return this.cluster.read<ConfigMap>(configMapPath("models", historyName(this.#model)));
  }

  get live(): Split | undefined {
    return splitIn(this.#order, this.cluster.read<HttpRoute | null>(this.routePath)?.spec?.rules ?? []);
  }

  /** The candidate's share on the route, in basis points. */
  get weight(): number {
    return shareIn(this.live ?? { shares: {} }, this.#order.traffic.candidate ?? "");
  }

  annotation(name: keyof typeof annotations): string | undefined {
    return this.route.metadata.annotations?.[annotations[name]];
  }

  /** The program's next plan, as an update writes it: the annotation alone. */
  plan(plan: TrafficPlan): void {
    this.#order = withMetrics(plan);
    this.cluster.edit<HttpRoute>(this.routePath, (route) => ({
      ...route,
      metadata: {
        ...route.metadata,
        annotations: { ...route.metadata.annotations, [annotations.order]: JSON.stringify(this.#order) },
      },
    }));
  }

  /** Somebody divides the route by hand. */
  divide(split: Split): void {
    this.cluster.edit<HttpRoute>(this.routePath, (route) => ({
      ...route,
      spec: { rules: rulesOf(this.#order, split, { before: route.spec?.rules }) },
    }));
  }

  setReady(version: string, pods: number): void {
    const service = this.#order.variants[version]?.service ?? "";
    const endpoints = Array.from({ length: pods }, (_, i) => ({
      addresses: [`10.0.0.${i}`],
      conditions: { ready: true },
    }));
    this.cluster.put(endpointSlicesPath("models", service), { items: [{ addressType: "IPv4", endpoints }] });
  }

  /** An interval goes by. */
  passed(): void {
    const n1 = (this.weight * REQUESTS) / 10_000 + this.leaking;
    const [n0, at] = [REQUESTS - n1 + 200, NOW + this.#intervals.length * 1_000];
    const counts = { errorRate: { n0, x0: n0 / 100, n1, x1: Math.round(n1 * this.failing) } };
    this.#intervals.push({ live: { at, seconds: 1, counts } });
  }

  world(who = "controller test"): World {
    return {
      client: this.cluster.client,
      counts: async (_server, question, cursor: CountCursor | undefined) => {
        this.asked = question;
        // As the real one: without a cursor nothing is judged yet.
        const from = cursor?.at ?? this.#intervals.length;
        const passed = this.silent ? [] : this.#intervals.slice(from);
        const intervals = passed.map(({ live }) => ({ live: { ...live, step: question.step } }));
        const toCandidate = passed.reduce((sum, { live }) => sum + (live.counts.errorRate?.n1 ?? 0), 0);
        return { intervals, toCandidate, cursor: { at: from + intervals.length, targets: {} }, notes: [] };
      },
      now: () => NOW + this.#intervals.length * 1_000,
      wait: async () => {},
      random: () => 0.5,
      who,
    };
  }
}

/** What is counted of it, and who names a version counts apart. */
function withMetrics(plan: TrafficPlan): RouteOrder {
  const order = orderOf(plan);
  const apart = Object.entries(order.variants).map(
    ([version, variant]) => [version, { ...variant, named: `${variant.service}-named` }] as const,
  );
  return {
    ...order,
    variants: Object.fromEntries(apart),
    metrics: { url: "http://prometheus.invalid", intervalSeconds: 1 },
  };
}
