import { countsOf } from "../../components/metric-sources/arm.ts";
import { cannotCount, type MetricSource, MetricSourceError } from "../../components/metric-sources/index.ts";
import { cutsOf } from "../../components/metric-sources/latency-rungs.ts";
import { BOUNDS, FROM, MINUTE, traffic, truthOf } from "./traffic.ts";

/** Minutes of a cloud's metrics are complete only so long after their end. */
const DELAY_MS = 2 * MINUTE;

/** What a cloud's metrics are like: statistics of whole minutes, late, and nothing at all where nothing happened. */
export const fakeCloud = (): MetricSource => ({
  name: "cloud",
  tellsSteps: false,
  settled: async (now) => ({ until: Math.floor((now - DELAY_MS) / MINUTE) * MINUTE, notes: [] }),
  latencyBounds: async () => BOUNDS,
  async read({ from, to }, { stable, candidate, guards, rungs }) {
    const problems = guards
      .filter(({ source }) => source === "feedback")
      .map(({ metric }) => cannotCount("cloud", metric, "a guard on requests", "publish it"));
    if (problems.length > 0) throw new MetricSourceError("unfit", problems);
    const cuts = cutsOf(rungs);
    const known = [...new Set(traffic.map(({ version }) => version))].sort();
    const minutes = Array.from({ length: (to - from) / MINUTE }, (_, i) => (from - FROM) / MINUTE + i);
    const intervals = minutes.map((minute) => {
      const armOf = (version: string, bounds: readonly number[]) => {
        const { requests, errors, refusals, slower } = truthOf(version, minute, bounds);
        const cells = [requests, ...slower].map((count, i) => count - (slower[i] ?? 0));
        return {
          requests: { answered: requests - errors - refusals, refused: refusals, failed: errors },
          cells,
          feedback: new Map(),
        };
      };
      const counts = countsOf(guards, armOf(stable, cuts.stable), armOf(candidate, cuts.candidate));
      return { live: { at: FROM + minute * MINUTE, seconds: 60, counts } };
    });
    const silent = [stable, candidate].filter((version) =>
      minutes.every((minute) => truthOf(version, minute, []).requests === 0),
    );
    return {
      intervals,
      read: [{ query: `SampleCount ${stable} ${candidate}`, from, to, series: 2, samples: 2 * minutes.length }],
      notes: silent.map((version) => ({
        kind: "noSeries",
        text: `The cloud has nothing of ${version}: there are ${known.join(", ")}.`,
      })),
    };
  },
});
