import { describe, expect, test } from "vitest";
import { judge } from "../../components/analysis/index.ts";
import {
  type MetricSource,
  MetricSourceError,
  type Question,
  rungsAmong,
  settingsFor,
  type Window,
} from "../../components/metric-sources/index.ts";
import { plan } from "./plan.ts";
import { BOUNDS, FROM, guards, MINUTE, MINUTES, question, truthOf } from "./traffic.ts";

/** A source of a kind that knows the traffic of `traffic.ts`. */
export interface SourceStage extends AsyncDisposable {
  readonly source: MetricSource;
}

/** How a kind is staged: who does without something real says so in the title's end. */
export interface Kind {
  readonly name: string;
  readonly runs?: boolean;
  readonly stage: () => Promise<SourceStage>;
}

const whole: Window = { from: FROM, to: FROM + (MINUTES - 1) * MINUTE };

/** What the judge is to be told of each minute. */
const expected = Array.from({ length: MINUTES - 1 }, (_, minute) => {
  const stable = truthOf("v1", minute, [10, 20, 40, 80, 160]);
  const candidate = truthOf("v2", minute, [20, 40, 80, 160, 320]);
  const both = { n0: stable.requests, n1: candidate.requests };
  return {
    live: {
      at: FROM + minute * MINUTE,
      seconds: 60,
      counts: {
        errorRate: { ...both, x0: stable.errors, x1: candidate.errors },
        refusalRate: { ...both, x0: stable.refusals, x1: candidate.refusals },
        latency: { ...both, x0: stable.slower, x1: candidate.slower },
      },
    },
  };
});

/** Holds a kind of metric source to the contract. */
export function metricSourceContract({ name, runs = true, stage }: Kind): void {
  describe.skipIf(!runs)(`metric source ${name}`, () => {
    test("its counts are those of the traffic, interval by interval", async () => {
      await using staged = await stage();
      expect((await staged.source.read(whole, question)).intervals).toEqual(expected);
    });

    test("it measures latency at its bounds, and rungs among them are those of the margin", async () => {
      await using staged = await stage();
      const bounds = await staged.source.latencyBounds(whole, question);
      expect(bounds).toEqual(BOUNDS);
      expect(rungsAmong(bounds, 1)).toEqual(question.rungs);
    });

    test("windows that follow on each other count what one window counts, wherever it is cut", async () => {
      await using staged = await stage();
      for (let cut = 1; cut < MINUTES - 1; cut++) {
        const at = FROM + cut * MINUTE;
        const before = await staged.source.read({ from: whole.from, to: at }, question);
        const after = await staged.source.read({ from: at, to: whole.to }, question);
        expect([...before.intervals, ...after.intervals]).toEqual(expected);
      }
    });

    test("the same window says the same again", async () => {
      await using staged = await stage();
      const [first, second] = [await staged.source.read(whole, question), await staged.source.read(whole, question)];
      expect(second).toEqual(first);
    });

    test("counts are final by the end of the traffic at the latest, and no window has to end in the future", async () => {
      await using staged = await stage();
      const { until } = await staged.source.settled(Date.now(), question);
      expect(until).toBeGreaterThanOrEqual(whole.to);
      expect(until).toBeLessThanOrEqual(Date.now());
    });

    test("what was read can be traced: what was asked, for the whole window, and how many samples came", async () => {
      await using staged = await stage();
      const { read } = await staged.source.read(whole, question);
      expect(read.length).toBeGreaterThan(0);
      for (const trace of read) expect(trace).toMatchObject({ ...whole, query: expect.stringMatching(/./) });
      expect(read.reduce((sum, { samples }) => sum + samples, 0)).toBeGreaterThan(0);
    });

    test("traffic without anything odd needs no note", async () => {
      await using staged = await stage();
      expect((await staged.source.read(whole, question)).notes).toEqual([]);
    });

    test("a candidate that nobody knows is said, with those that there are, and stable is counted all the same", async () => {
      await using staged = await stage();
      const { intervals, notes } = await staged.source.read(whole, { ...question, candidate: "v9" });
      expect(notes).toEqual([{ kind: "noSeries", text: expect.stringContaining("v9") }]);
      expect(notes[0]?.text).toContain("v1, v2");
      expect(intervals.map(({ live }) => live.counts.errorRate)).toEqual(
        expected.map(({ live }) => ({ ...live.counts.errorRate, n1: 0, x1: 0 })),
      );
    });

    test("a window before all traffic has no units, and a note for each version", async () => {
      await using staged = await stage();
      const early = { from: FROM - 20 * MINUTE, to: FROM - 18 * MINUTE };
      const { intervals, notes } = await staged.source.read(early, question);
      expect(
        intervals.flatMap(({ live }) => Object.values(live.counts)).every(({ n0, n1 }) => n0 === 0 && n1 === 0),
      ).toBe(true);
      expect(notes).toHaveLength(2);
      for (const { kind } of notes) expect(["noSeries", "noTraffic"]).toContain(kind);
    });

    test("a guard that it cannot count is refused with its name and what to do", async () => {
      await using staged = await stage();
      const feedback = { ...guards[0], metric: "conversion", source: "feedback" } as Question["guards"][number];
      const error = await staged.source.read(whole, { ...question, guards: [...guards, feedback] }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(MetricSourceError);
      expect(error).toMatchObject({
        kind: "unfit",
        problems: [{ seen: "a guard on conversion", cure: expect.stringContaining("--skip conversion") }],
      });
    });

    test("its verdict is the one of the traffic", async () => {
      await using staged = await stage();
      const settings = settingsFor(plan.rollout, { rungs: question.rungs, tellsSteps: staged.source.tellsSteps });
      const { intervals } = await staged.source.read(whole, question);
      const verdict = judge(
        intervals.map(({ live }) => live),
        settings,
      );
      expect(verdict).toEqual(
        judge(
          expected.map(({ live }) => live),
          settings,
        ),
      );
      expect(verdict.evidence.guards.map(({ comparisons }) => comparisons[0]?.candidate.units)).toEqual([48, 48, 48]);
    });
  });
}
