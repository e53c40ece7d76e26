import fc from "fast-check";
import { expect, test } from "vitest";
import { HISTORY_UNITS } from "../../components/analysis/index.ts";
import {
  type Arrivals,
  divisionOf,
  type Input,
  type RolloutState,
  replay,
  step,
  verdictOf,
} from "../../components/rollout/index.ts";
import { canaryPlan, stablePlan } from "../support/plans.ts";
import { climbing, from, interval, NOW, take } from "./inputs.ts";
import { createWorld, dyingAt, endedReopened, ends, killedAtEveryCall, killsSurvived, race, run } from "./kills.ts";

const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
const weightOf = (state: RolloutState): number => divisionOf(state)?.weight ?? 0;

/** Drawn with their weight, with another one, or with two in one interval; by one memory of sessions, or by two. */
const anyArrivals: fc.Arbitrary<Arrivals> = fc
  .record({
    weights: fc.array(fc.constantFrom(0, 500, 2_500, 5_000, 10_000), { minLength: 1, maxLength: 2 }),
    requests: fc.integer({ min: 0, max: 2_000 }),
    honoured: fc.boolean(),
    sessionsSince: fc.constantFrom(undefined, 1, 2),
  })
  .map(({ weights, requests, honoured, sessionsSince }) => ({
    draws: weights.map((weight) => {
      const candidate = Math.round(honoured ? (requests * weight) / 10_000 : requests / 3);
      return { weight, stable: requests - candidate, candidate };
    }),
    ...(sessionsSince !== undefined && { sessionsSince }),
  }));

const anyInterval = fc
  .record({
    seconds: fc.integer({ min: 1, max: 300 }),
    n0: fc.integer({ min: 0, max: 2_000 }),
    n1: fc.integer({ min: 0, max: 2_000 }),
    bad0: fc.double({ min: 0, max: 0.1, noNaN: true }),
    bad1: fc.double({ min: 0, max: 1, noNaN: true }),
    arrivals: fc.option(anyArrivals, { nil: undefined }),
  })
  .map(({ bad0, bad1, ...counted }) =>
    interval({ ...counted, x0: Math.floor(counted.n0 * bad0), x1: Math.floor(counted.n1 * bad1) }),
  );

/** What may come in any order, for one rollout. */
const anyInput: fc.Arbitrary<Input> = fc.oneof(
  { weight: 6, arbitrary: anyInterval.map((each) => ({ kind: "interval", interval: each, now: NOW }) as const) },
  fc
    .constantFrom(0, 100, 500, 2_500, 10_000)
    .map((weight) => ({ kind: "plan", plan: climbing(weight), now: NOW }) as const),
  fc.constantFrom(0, 500, 10_000).map((weight) => ({ kind: "plan", plan: canaryPlan({ weight }), now: NOW }) as const),
  fc.constant({ kind: "plan", plan: stablePlan(), now: NOW } as const),
  fc.constant({ kind: "abort", reason: "by hand", now: NOW } as const),
  fc.constant({ kind: "rollBack", reason: "by hand", answers: ["v1", "v2"], now: NOW } as const),
  fc.constant({ kind: "evidenceLost", now: NOW } as const),
  fc.constant({ kind: "restart", unknown: false, now: NOW } as const),
  fc.constant({ kind: "sentLate", version: "v2", ms: 3, now: NOW } as const),
);

test("ended stays ended: whatever comes, no order gives the candidate traffic again", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 30 }), fc.array(anyInput, { maxLength: 30 }), (before, after) => {
      let state = from(stablePlan(), climbing());
      for (const input of before) state = step(state, input).state;
      state = take(state, { kind: "abort", reason: "enough" } as Input);
      // Nothing to end where the plan had been taken back before it began.
      if (state.ended["rollout-1"] === undefined) return;
      for (const input of after) {
        const next = step(state, input);
        expect(weightOf(next.state)).toBe(0);
        state = next.state;
      }
      expect(state.ended["rollout-1"]).toBeDefined();
    }),
  );
});

test("a share rises by a plan or by an interval that judged; everything else leaves or lowers it", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      let state = from(stablePlan(), climbing());
      for (const input of inputs) {
        const next = step(state, input).state;
        const { progress } = state;
        if (weightOf(next) > weightOf(state) && input.kind !== "plan") {
          expect(input.kind).toBe("interval");
          const taught = (progress?.taught?.errorRate ?? 0) >= HISTORY_UNITS;
          const judged = progress?.stepArms.errorRate?.judged === true;
          expect(taught || judged).toBe(true);
        }
        state = next;
      }
    }),
  );
});

const mismatchIn = ({ judges }: RolloutState): unknown => judges?.share?.mismatch;

test("while the traffic is not divided as the weight says, no interval raises a share or completes a rollout", () => {
  const wrong = { draws: [{ weight: 500, stable: 500, candidate: 500 }] };
  const first = { kind: "interval", interval: interval({ arrivals: wrong }), now: NOW } as const;
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 20 }), fc.array(anyInput, { maxLength: 20 }), (before, after) => {
      let state = from(stablePlan(), climbing());
      for (const input of [...before, first, ...after]) {
        const next = step(state, input).state;
        if (input.kind === "interval" && mismatchIn(next) !== undefined) {
          expect(weightOf(next)).toBeLessThanOrEqual(weightOf(state));
          expect(["holding", "aborted"]).toContain(next.progress?.phase);
        }
        state = next;
      }
    }),
  );
});

test("how traffic is divided ends no rollout, and keeps nobody from ending one", () => {
  fc.assert(
    fc.property(fc.array(anyArrivals, { minLength: 1, maxLength: 20 }), (all) => {
      let state = from(stablePlan(), climbing());
      for (const arrivals of all) {
        state = take(state, { kind: "interval", interval: interval({ n0: 500, n1: 500, arrivals }) } as Input);
        expect(state.progress?.ended).toBeUndefined();
      }
      expect(weightOf(take(state, { kind: "abort", reason: "by hand" } as Input))).toBe(0);
      expect(weightOf(step(state, { kind: "rollBack", reason: "by hand", answers: ["v1"], now: NOW }).state)).toBe(0);
      expect(weightOf(take(state, { kind: "plan", plan: climbing(100) } as Input))).toBeLessThanOrEqual(100);
    }),
  );
});

test("no step is left that no judged interval has seen, however long the intervals are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2_000 }), (seconds, n1) => {
      const state = from(stablePlan(), climbing());
      // Stable's first units only teach.
      const first = take(state, {
        kind: "interval",
        interval: interval({ seconds, n0: 2_000, n1, x1: n1 }),
      } as Input);
      expect(weightOf(first)).toBeLessThanOrEqual(500);
      const taught = take(state, { kind: "interval", interval: interval({ seconds: 0, n0: HISTORY_UNITS }) } as Input);
      const second = take(taught, {
        kind: "interval",
        interval: interval({ seconds, n0: 2_000, n1: 400, x1: 400 }),
      } as Input);
      expect(second.progress?.phase).toBe("aborted");
    }),
  );
});

test("a lower weight is taken at any time, and holds at once", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 30 }), (inputs) => {
      let state = from(stablePlan(), climbing());
      for (const input of inputs) state = step(state, input).state;
      if (state.plan?.candidate === undefined) return;
      const { refusal, state: lowered } = step(state, { kind: "plan", plan: canaryPlan({ weight: 0 }), now: NOW });
      expect(refusal).toBeUndefined();
      expect(weightOf(lowered)).toBe(0);
    }),
  );
});

test("the state is plain data: read back from JSON between any two inputs it decides the same", () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 20 }), (inputs) => {
      let [straight, stored] = [from(stablePlan(), climbing()), from(stablePlan(), climbing())];
      for (const input of inputs) {
        const [one, other] = [step(straight, input), step(plain(stored), input)];
        expect(plain(other)).toEqual(plain(one));
        [straight, stored] = [one.state, other.state];
      }
    }),
    { numRuns: 40 },
  );
});

test("intervals that are read again from any snapshot give the same verdict", () => {
  const mild = fc.array(anyInterval, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(mild, fc.nat(), (intervals, at) => {
      const plan = climbing();
      const begun = from(stablePlan(), plan);
      const split = at % (intervals.length + 1);
      let whole = begun;
      for (const each of intervals) whole = replay(whole, each, NOW);
      let parts = begun;
      for (const each of intervals.slice(0, split)) parts = replay(parts, each, NOW);
      parts = plain(parts);
      for (const each of intervals.slice(split)) parts = replay(parts, each, NOW);
      if (whole.judges === undefined || parts.judges === undefined) throw new Error("nothing is judged");
      expect(verdictOf(plan.rollout, parts.judges)).toEqual(verdictOf(plan.rollout, whole.judges));
      expect(parts.progress).toEqual(plain(whole.progress));
      expect(parts.judges.share).toEqual(whole.judges.share && plain(whole.judges.share));
    }),
    { numRuns: 40 },
  );
});

test.each(ends)(
  "a shell that is killed before or after any call brings a $candidate candidate to its end",
  async (end) => {
    const killed = await killedAtEveryCall(end);
    expect(killed.length).toBeGreaterThanOrEqual(2 * 8);
    for (const { index, after, phase, weight, endings } of killed) {
      expect([index, after, phase, weight, endings]).toEqual([index, after, end.phase, end.weight, 1]);
    }
  },
);

test("a router that ignores the weight is found by a shell that is killed before or after any call", async () => {
  const ignores = (weight: number): number => (weight === 0 ? 0 : 5_000);
  for (let index = 0; index < 12; index++) {
    for (const after of [false, true]) {
      const world = createWorld(0.01, ignores);
      await run(world, dyingAt(index, after).calls);
      const { state } = world.store.read().value;
      expect(state.progress).toMatchObject({ phase: "holding", step: 0 });
      expect(world.router.read().value.weight).toBe(500);
      const held = state.events.filter(({ kind }) => kind === "hold");
      expect(held.map(({ text }) => text)).toEqual([
        expect.stringMatching(
          /^the traffic is not divided as the weight says: the candidate got 2000 of 4000 \(50 %\) at a weight of 5 % /,
        ),
      ]);
    }
  }
});

test("three shells at once, and a person who aborts: what was ended gets no traffic again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.nat({ max: 8 }), async (scheduler, abortAt) => {
      const { world, endedAt, since } = await race(scheduler, abortAt);
      expect(endedAt).toBeDefined();
      expect(since.map(({ weight }) => weight)).toEqual(since.map(() => 0));
      expect(world.router.read().value).toMatchObject({ weight: 0, fence: endedAt });
    }),
    { numRuns: 100 },
  );
});

test("the figures of kills and races are those of the laws", async () => {
  expect([await killsSurvived(), await endedReopened(5)]).toEqual([1, 0]);
});
