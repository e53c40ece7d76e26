import { kindOf } from "../../guards/index.ts";
import { countsTails } from "../arm.ts";
import {
  type Arms,
  cannotCount,
  type MetricSource,
  MetricSourceError,
  type Question,
  type Reading,
  type Window,
} from "../metric-source.ts";
import { ask } from "./client.ts";
import { commonBounds } from "./common-bounds.ts";
import { countersOf, type Found } from "./counters.ts";
import { classicHistograms, nativeHistograms } from "./histograms.ts";
import { increasesOf } from "./increases.ts";
import { notesOf } from "./notes.ts";
import { type Answer, readSamples, selectorOf, upSelectorOf } from "./queries.ts";
import { checkReplicas } from "./replicas.ts";
import { checkScrapes, momentsOf } from "./scrapes.ts";
import { GAP_MS, type PrometheusSettings, SETTLE_MS } from "./settings.ts";
import { tally } from "./tally.ts";

/** Clocks apart by less make no difference that anybody sees. */
const SKEW_MS = 5_000;

/**
 * Counts by the raw samples of a server of Prometheus: increases are reckoned here and are exact, because those of PromQL
 * are extrapolated. A step of a counter belongs to the moment of the scrape that showed it.
 */
export const prometheus = (settings: PrometheusSettings): MetricSource => ({
  name: settings.url,
  tellsSteps: false,
  settled: (now) => settled(settings, now),
  latencyBounds: async (window, arms) => {
    if (settings.names.durations === undefined) throw untimed(settings);
    return commonBounds((await find(settings, window, arms, true)).found, settings.names, arms);
  },
  read: (window, question) => read(settings, window, question),
});

async function settled(settings: PrometheusSettings, now: number): ReturnType<MetricSource["settled"]> {
  const data = await ask(settings, "query", { query: "time()" });
  const result = (data as { readonly result?: unknown } | undefined)?.result;
  const server = Math.round(Number(Array.isArray(result) ? result[0] : undefined) * 1000);
  if (!Number.isFinite(server)) {
    const problem = {
      path: settings.url,
      seen: "no time",
      allowed: "the server's time",
      cure: "Look what answers there",
    };
    throw new MetricSourceError("unreachable", [problem]);
  }
  const ahead = now - server;
  const text = `This machine's clock is ${Math.abs(ahead / 1000).toFixed(0)} s ${ahead > 0 ? "ahead of" : "behind"} the server's; windows are by the server's.`;
  return {
    until: server - (settings.settleMs ?? SETTLE_MS),
    notes: Math.abs(ahead) > SKEW_MS ? [{ kind: "clockSkew", text }] : [],
  };
}

async function read(settings: PrometheusSettings, window: Window, question: Question): Promise<Reading> {
  checkQuestion(settings, question);
  const gapMs = settings.gapMs ?? GAP_MS;
  const { found, answers } = await find(settings, window, question, question.rungs.length > 0);
  const labels = [...found.requests, ...found.histograms].map((each) => each.labels);
  checkReplicas(settings.url, labels);
  const up = labels.length === 0 ? undefined : await readSamples(settings, upSelectorOf(labels), window, gapMs);
  const counters = countersOf(found, settings.names, question);
  const increases = increasesOf(counters, momentsOf(up?.series ?? []), gapMs);
  checkScrapes(settings.url, increases.scrapes, question.intervalMs);
  return {
    intervals: tally(window, question, increases, { countsInHistogram: settings.names.requests === undefined }),
    read: [...answers, ...(up === undefined ? [] : [up])].map(({ trace }) => trace),
    notes: await notesOf(settings, window, question, counters, increases),
  };
}

/** Reads the series of both versions. Where a version has native histograms, classic ones beside them are the same once more. */
async function find(
  settings: PrometheusSettings,
  window: Window,
  arms: Arms,
  withLatency: boolean,
): Promise<{ readonly found: Found; readonly answers: readonly Answer[] }> {
  const { names, gapMs = GAP_MS } = settings;
  const query = (metric: string) => readSamples(settings, selectorOf(metric, settings, arms), window, gapMs);
  const asked = {
    requests: names.requests,
    ...(names.durations !== undefined &&
      (withLatency || names.requests === undefined) && {
        native: names.durations,
        classic: `${names.durations}_bucket`,
      }),
  };
  const [requests, native, classic] = await Promise.all(
    [asked.requests, asked.native, asked.classic].map((metric) => (metric === undefined ? undefined : query(metric))),
  );
  const natives = nativeHistograms(native?.series ?? []);
  const histograms = natives.length > 0 ? natives : classicHistograms(classic?.series ?? []);
  const used = [requests, natives.length > 0 ? native : classic];
  return {
    found: { requests: requests?.series ?? [], histograms },
    answers: used.filter((answer) => answer !== undefined),
  };
}

const untimed = ({ url }: PrometheusSettings): MetricSourceError =>
  new MetricSourceError("unfit", [
    cannotCount(
      url,
      "times of answers",
      "a guard on answers: these series tell no times in seconds",
      "judge it from others",
    ),
  ]);

/** What series cannot tell, told at once. */
function checkQuestion({ url }: PrometheusSettings, { guards, rungs }: Question): void {
  const allowed = "a guard on what is counted of requests: series of requests do not tell what came back about them";
  const problems = guards
    .filter((guard) => kindOf(guard).source === "feedback")
    .map(({ metric }) => cannotCount(url, metric, allowed, "judge it from a file that has it"));
  const needsRungs = guards.find(countsTails);
  if (needsRungs !== undefined && rungs.length === 0) {
    problems.push(
      cannotCount(url, needsRungs.metric, "a guard whose margin the buckets can show", "choose another margin"),
    );
  }
  if (problems.length > 0) throw new MetricSourceError("unfit", problems);
}
