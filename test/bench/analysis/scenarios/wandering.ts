import { type PairedCounts, pairedDesignEffect } from "../../../../components/analysis/index.ts";
import { figure, median } from "../../figure.ts";
import { normal, type Random } from "../draw.ts";
import { drawCounts, failures, type Judged, watch } from "../judged.ts";
import { type Scenario, shareOf, valuesOf } from "../scenario.ts";

const BASE = 0.01;
const ALPHA = 0.05;
const HOURS_8 = 480;
/** 100 requests a second, 25 % candidate, counted each 10 s. */
const SECONDS = 10;
const TRAFFIC = { requests: 100 * SECONDS, weight: 0.25 };
const HOW = "100 requests a second, 25 % candidate, base 1 %, alpha 5 %, margin 0, 8 h";

/** A rate that wanders: its logarithm has a standard deviation of .3 and forgets where it was within some ten minutes. */
function wander(random: Random): () => number {
  const kept = Math.exp(-SECONDS / 600);
  let log = 0.3 * normal(random);
  return () => {
    log = kept * log + 0.3 * Math.sqrt(1 - kept * kept) * normal(random);
    return BASE * Math.exp(log);
  };
}

type Rates = () => readonly [stable: number, candidate: number];

function own(random: Random): Rates {
  const [stable, candidate] = [wander(random), wander(random)];
  return () => [stable(), candidate()];
}

function shared(random: Random): Rates {
  const both = wander(random);
  return () => {
    const rate = both();
    return [rate, rate];
  };
}

/** The design effect that eight hours of two versions of no difference tell. */
function learned(random: Random, rates: Rates): number {
  const pairs = Array.from({ length: (HOURS_8 * 60) / SECONDS }, (): PairedCounts => {
    const [stableRate, candidateRate] = rates();
    return { seconds: SECONDS, ...drawCounts(random, { ...TRAFFIC, stableRate, candidateRate }) };
  });
  return pairedDesignEffect([pairs]) ?? 1;
}

function judged(random: Random, rates: Rates, designEffect: number, harm = 0): Judged {
  const guards = [failures(0, { designEffect })];
  return watch({ guards, alpha: ALPHA }, SECONDS, (HOURS_8 * 60) / SECONDS, () => {
    const [stableRate, candidateRate] = rates();
    const counts = drawCounts(random, { ...TRAFFIC, stableRate, candidateRate: candidateRate + harm });
    return { counts: { failures: counts } };
  });
}

const isStopped = ({ verdict }: Judged): number => Number(verdict === "rollback");

/** Versions whose rates wander, each on its own or both alike, with a design effect from eight hours of a pair before. */
export const wandering: readonly Scenario[] = [
  {
    name: "own-drift",
    cases: 2000,
    run: (random) => {
      const effect = learned(random, own(random));
      const ours = isStopped(judged(random, own(random), effect));
      return { effect, ours, untold: isStopped(judged(random, own(random), 1)) };
    },
    figures: (outcomes) => [
      shareOf(
        "false-rollback-own-drift",
        outcomes,
        "ours",
        { atMost: 0.05 },
        `both rates wander on their own, design effect learnt from a pair before, median ${median(valuesOf(outcomes, "effect")).toFixed(1)}; ${HOW}`,
      ),
      shareOf("false-rollback-own-drift, design effect 1", outcomes, "untold", undefined, HOW),
    ],
  },
  {
    name: "plus-one-under-shared",
    cases: 1000,
    run: (random) => {
      const effect = learned(random, shared(random));
      const found = judged(random, shared(random), effect, 0.01);
      return { effect, found: isStopped(found), minutes: (found.intervals * SECONDS) / 60 };
    },
    figures: (outcomes) => [
      figure(
        "plus-one-under-shared",
        median(valuesOf(outcomes, "minutes")),
        "min",
        { atMost: 5 },
        `until +1 point is found where both rates wander alike, p50; found in ${valuesOf(outcomes, "found").filter((each) => each === 1).length} of ${outcomes.length}; design effect learnt from a pair before, median ${median(valuesOf(outcomes, "effect")).toFixed(1)}; ${HOW}`,
      ),
    ],
  },
];
