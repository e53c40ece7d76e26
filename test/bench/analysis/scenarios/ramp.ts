import { createJudge } from "../../../../components/analysis/index.ts";
import { type Figure, figure, median, told } from "../../figure.ts";
import type { Random } from "../draw.ts";
import { drawCounts, failures } from "../judged.ts";
import { automatic, isAtTop, knownOfStable, Ladder } from "../ladder.ts";
import { type Outcome, ofSetting, type Scenario, valuesOf } from "../scenario.ts";

const BASE = 0.01;
const HARM = 0.02;
const MARGIN = 0.005;
const REQUESTS = 10;
const LONGEST = 12 * 3600;
const SHARES = [0.05, 0.25, 0.5, 0.95] as const;
const LAST = SHARES.length - 1;
const HALF = 0.5;
/** The least that a step takes where evidence leaves it. Unit: s. */
const LEAST = 3;
/** What the candidate may spoil of all requests. */
const BUDGET = 0.01;
/** A third of what a good candidate takes to the last share where evidence leaves the steps: so both take as long. Unit: s. */
const BAKE = 98;
/** The same for half of the traffic, where the product climbs. Unit: s. */
const PRODUCT_BAKE = 110;

/** When a step is left upwards. @param excess the largest that is still possible @param next the next share */
type Leaves = (excess: number, next: number, seconds: number) => boolean;

const onEvidence: Leaves = (excess, next, seconds) => seconds >= LEAST && excess * next <= BUDGET;
const onTime: Leaves = (_excess, _next, seconds) => seconds >= BAKE;

/** A ramp that one rule alone climbs and the judge alone ends: nobody asks for a proof before the last share. */
function ramp(random: Random, harm: number, leaves: Leaves): Outcome {
  const judge = createJudge({ guards: [failures(MARGIN)], alpha: 0.01, steps: SHARES.length, excessBeta: 0.05 });
  judge.add({ at: 0, seconds: 0, counts: { failures: knownOfStable(random, BASE) } });
  let [failed, step, since, second] = [0, 0, 0, 0];
  for (; second < LONGEST && !(harm === 0 && step === LAST); second++) {
    const traffic = { requests: REQUESTS, weight: SHARES[step] ?? 0, stableRate: BASE, candidateRate: BASE + harm };
    const counts = drawCounts(random, traffic);
    failed += counts.x1;
    const { verdict, evidence } = judge.add({ at: second * 1000, seconds: 1, step, counts: { failures: counts } });
    if (verdict === "rollback") break;
    since++;
    const next = SHARES[step + 1];
    if (next !== undefined && leaves(evidence.guards[0]?.possibleExcess ?? 1, next, since))
      [step, since] = [step + 1, 0];
  }
  return { failed, half: Number((SHARES[step] ?? 0) >= HALF), minutes: second / 60 };
}

/** The product's own ramp: it also asks for a proof before the last share. */
function climb(
  random: Random,
  harm: number,
  changes: { readonly harmBudget: number; readonly bakeMs: number },
): Outcome {
  const ladder = new Ladder(automatic(changes), { errorRate: knownOfStable(random, BASE) });
  let [failed, half] = [0, 0];
  ladder.run(
    LONGEST,
    ({ weight }) => {
      const counts = drawCounts(random, { requests: REQUESTS, weight, stableRate: BASE, candidateRate: BASE + harm });
      failed += counts.x1;
      if (weight >= HALF) half = 1;
      return { counts: { errorRate: counts } };
    },
    (climbing) => (harm === 0 ? climbing.moment.weight >= HALF : isAtTop(climbing)),
  );
  return { failed, half, minutes: ladder.moment.second / 60 };
}

const [byEvidence, byTime] = [
  { harmBudget: BUDGET * 10_000, bakeMs: LEAST * 1000 },
  { harmBudget: 10_000, bakeMs: PRODUCT_BAKE * 1000 },
];

/** Good and harmful by evidence, good and harmful by time: the rule alone, and as the product climbs. */
const SETTINGS: readonly ((random: Random) => Outcome)[] = [
  ...[onEvidence, onTime].flatMap((leaves) => [0, HARM].map((harm) => (random: Random) => ramp(random, harm, leaves))),
  ...[byEvidence, byTime].flatMap((rule) => [0, HARM].map((harm) => (random: Random) => climb(random, harm, rule))),
];

/** The harm of the ramp whose four settings begin there, and in words what it took. */
function saved(outcomes: readonly Outcome[], first: number): { readonly ratio: number; readonly how: string } {
  const mean = (setting: number, key: string): number => {
    const values = valuesOf(ofSetting(outcomes, first + setting), key);
    return values.reduce((sum, each) => sum + each, 0) / values.length;
  };
  const minutes = [0, 2].map((setting) => median(valuesOf(ofSetting(outcomes, first + setting), "minutes")).toFixed(1));
  const [evidence, time] = [mean(1, "failed"), mean(3, "failed")];
  const how = `failed requests of a candidate 2 points worse until it gets none: ${evidence.toFixed(1)} where evidence leaves the steps, ${time.toFixed(1)} where time does; it gets half of the traffic in ${mean(1, "half").toFixed(2)} and ${mean(3, "half").toFixed(2)} of the rollouts; a good one climbs in ${minutes.join(" and ")} min (p50); ${REQUESTS} a second, base 1 %, budget 1 %`;
  return { ratio: evidence / time, how };
}

/** What it saves that steps are left on evidence, and not by time. */
export const ramps: readonly Scenario[] = [
  {
    name: "ramp",
    cases: 1600,
    run(random, index) {
      const setting = index % SETTINGS.length;
      return { setting, ...SETTINGS[setting]?.(random) };
    },
    figures(outcomes): readonly Figure[] {
      const [alone, product] = [saved(outcomes, 0), saved(outcomes, 4)];
      return [
        figure("ramp-harm-saved", alone.ratio, "ratio", { atMost: 0.6 }, `${alone.how}, to the last share`),
        told(
          "ramp-harm-saved, proof asked before the last step",
          product.ratio,
          "ratio",
          `${product.how}, to half of the traffic; both end at the last step, which only a proof opens`,
        ),
      ];
    },
  },
];
