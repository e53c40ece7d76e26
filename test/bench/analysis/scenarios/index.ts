import type { Scenario } from "../scenario.ts";
import { climbs } from "./climbs.ts";
import { dead } from "./dead.ts";
import { delays } from "./delay.ts";
import { equalVersions } from "./equal-versions.ts";
import { fairness } from "./fairness.ts";
import { falseRollbacks } from "./false-rollback.ts";
import { hiddenHarm } from "./hidden-harm.ts";
import { ramps } from "./ramp.ts";
import { splits } from "./split.ts";
import { wandering } from "./wandering.ts";

/** Everything that is simulated, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...falseRollbacks,
  ...equalVersions,
  ...delays,
  ...dead,
  ...hiddenHarm,
  ...splits,
  ...climbs,
  ...ramps,
  ...wandering,
  fairness,
];
