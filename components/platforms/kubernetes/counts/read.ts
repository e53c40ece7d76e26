import { countsTails } from "../../../metric-sources/index.ts";
import {
  ask,
  checkReplicas,
  momentsOf,
  quote,
  type Series,
  type Server,
  seriesIn,
  upSelectorOf,
} from "../../../metric-sources/prometheus/index.ts";
import type { GatewayMetric } from "../gateways/index.ts";
import { selectorOf } from "../gateways/selector.ts";
import { type Counted, countSince, gapOf, HISTORY_MS } from "./count.ts";
import type { CountCursor } from "./cursor.ts";
import type { CountQuestion } from "./question.ts";

/** Samples older than so are not read: who was away for longer begins to count anew. */
const MOST_MS = 900_000;

/**
 * Counts what happened since the cursor, from the raw samples of a Prometheus.
 * @param now ms since 1970; it says how far back is read, and nothing else
 * @throws MetricSourceError when it does not answer, or what it has cannot be counted
 */
export async function readCounts(
  server: Server,
  question: CountQuestion,
  cursor: CountCursor | undefined,
  now: number,
): Promise<Counted> {
  const { gateway, model, selector } = question;
  const gapMs = gapOf(question.intervalMs);
  const back = cursor === undefined ? HISTORY_MS : Math.min(MOST_MS, Math.max(0, now - cursor.at));
  const span = Math.ceil(back + gapMs + question.intervalMs);
  const samples = async (query: string): Promise<readonly Series[]> =>
    seriesIn(await ask(server, "query", { query: `${query}[${span}ms]` }), server.url);
  const services = { namespace: question.namespace, ports: [question.stable.port, question.candidate.port], selector };
  const of = (metric: GatewayMetric | undefined) =>
    metric === undefined ? Promise.resolve([]) : samples(selectorOf(gateway, metric, services));
  const hasFeedback = question.guards.some(({ source }) => source === "feedback");
  const fed = (metric: string) => (hasFeedback ? samples(feedbackOf(metric, model, question)) : Promise.resolve([]));
  const isOne = gateway.sent.metric === gateway.answers.metric;
  const { durations } = gateway;
  const isTimed = question.guards.some(countsTails) && durations !== undefined;
  const [sent, apart, open, underWay, values, sums, buckets] = await Promise.all([
    of(gateway.sent),
    of(isOne ? undefined : gateway.answers),
    of(gateway.open),
    of(question.weight === undefined ? undefined : gateway.underWay),
    fed("model_feedback_total"),
    fed("model_feedback_value_sum"),
    of(isTimed ? { ...durations, metric: `${durations.metric}_bucket` } : undefined),
  ]);
  const answers = isOne ? sent : apart;
  const labels = [...sent, ...answers, ...values].map((each) => each.labels);
  checkReplicas(server.url, labels);
  const up = labels.length === 0 ? [] : await samples(within(upSelectorOf(labels), selector));
  return countSince(cursor, { sent, answers, open, underWay, values, sums, buckets }, momentsOf(up), question);
}

const feedbackOf = (metric: string, model: string, { stable, candidate, selector }: CountQuestion): string => {
  const versions = [stable.version, candidate.version].map((version) => version.replaceAll(/[.+]/g, "\\$&"));
  return within(`${metric}{model=${quote(model)},version=~${quote(versions.join("|"))}}`, selector);
};

/** @param selector matchers that come on top */
const within = (query: string, selector: string | undefined): string =>
  selector === undefined ? query : query.replace(/\}$/, `,${selector}}`);
