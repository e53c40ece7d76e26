import type { Scenario } from "../scenario.ts";
import { climbs } from "./climbs.ts";
import { dead } from "./dead.ts";
import { delays } from "./delay.ts";
import { fairness } from "./fairness.ts";
import { falseRollbacks } from "./false-rollback.ts";
import { fiveGuards } from "./five-guards.ts";
import { healthyHeld } from "./held.ts";
import { hiddenHarm } from "./hidden-harm.ts";
import { lateCounts } from "./late-counts.ts";
import { ramps } from "./ramp.ts";
import { slowMoments } from "./slow-moments.ts";
import { splits } from "./split.ts";
import { wandering } from "./wandering.ts";

/** Everything that is simulated, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...falseRollbacks,
  ...slowMoments,
  ...lateCounts,
  fiveGuards,
  ...delays,
  ...dead,
  ...hiddenHarm,
  healthyHeld,
  ...splits,
  ...climbs,
  ...ramps,
  ...wandering,
  fairness,
];
