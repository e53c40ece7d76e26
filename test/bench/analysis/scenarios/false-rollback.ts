import { drawCounts, failures, type Traffic, watch } from "../judged.ts";
import { rivals } from "../rivals/index.ts";
import { type Scenario, shareOf } from "../scenario.ts";

/** Eight hours, looked at each minute. */
const MINUTES = 480;
const ALPHA = 0.05;

/** The same failures on both arms, 5 % candidate, 100 requests a second. */
const alike = (rate: number, changes: Partial<Traffic> = {}): Traffic => ({
  requests: 6000,
  weight: 0.05,
  stableRate: rate,
  candidateRate: rate,
  ...changes,
});

interface Setting {
  readonly name: string;
  readonly what: string;
  readonly at: (minute: number) => Traffic;
}

const RAMP: readonly (readonly [weight: number, rate: number])[] = [
  [0.01, 0.005],
  [0.05, 0.005],
  [0.25, 0.01],
  [0.5, 0.02],
];

function ramp(minute: number): Traffic {
  const step = Math.min(3, Math.floor(minute / 120));
  const [weight, rate] = RAMP[step] ?? [0.5, 0.02];
  return alike(rate, { weight, step });
}

const settings: readonly Setting[] = [
  { name: "s1", what: "1 % of failures on both arms", at: () => alike(0.01) },
  {
    name: "s2",
    what: "an incident that both arms share: 6 % for 15 min",
    at: (minute) => alike(minute >= 120 && minute < 135 ? 0.06 : 0.01),
  },
  {
    name: "s3",
    what: "a daily cycle from .5 to 2 %",
    at: (minute) => alike(0.0125 - 0.0075 * Math.cos((2 * Math.PI * minute) / MINUTES)),
  },
  { name: "s4", what: "weights 1, 5, 25, 50 % while the rate of both arms rises from .5 to 2 %", at: ramp },
  { name: "s5", what: "1 request a second", at: () => alike(0.01, { requests: 60 }) },
];

/** Nothing is wrong, and somebody looks each minute: how often is the candidate stopped? The rivals see the same counts. */
export const falseRollbacks: readonly Scenario[] = settings.map(({ name: setting, what, at }) => {
  const name = `false-rollback-${setting}`;
  return {
    name,
    cases: 4000,
    run: (random) => {
      const minutes = Array.from({ length: MINUTES }, (_, minute) => drawCounts(random, at(minute)));
      const judged = watch({ guards: [failures(0)], alpha: ALPHA, steps: RAMP.length }, 60, MINUTES, (minute) => {
        const counts = minutes[minute] ?? { n0: 0, x0: 0, n1: 0, x1: 0 };
        return { step: at(minute).step ?? 0, counts: { failures: counts } };
      });
      const theirs = rivals.map((rival) => [rival.name, Number(minutes.some(rival.watch(random)))] as const);
      return { ours: Number(judged.verdict === "rollback"), ...Object.fromEntries(theirs) };
    },
    figures: (outcomes) => [
      shareOf(name, outcomes, "ours", { atMost: 0.025 }, `${what}; alpha 5 %, looked at each minute for 8 h`),
      ...rivals.map((rival) =>
        shareOf(`${name}, ${rival.name}`, outcomes, rival.name, undefined, "on the same counts"),
      ),
    ],
  };
});
