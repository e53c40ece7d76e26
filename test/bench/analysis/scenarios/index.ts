import type { Scenario } from "../scenario.ts";
import { climbs } from "./climbs.ts";
import { dead } from "./dead.ts";
import { delays } from "./delay.ts";
import { fairness } from "./fairness.ts";
import { falseRollbacks } from "./false-rollback.ts";
import { ramps } from "./ramp.ts";
import { wandering } from "./wandering.ts";

/** Everything that is simulated, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...falseRollbacks,
  ...delays,
  ...dead,
  ...climbs,
  ...ramps,
  ...wandering,
  fairness,
];
