import type { Scenario } from "../scenario.ts";
import { falseRollbacks } from "./false-rollback.ts";

/** Everything that is simulated, in the order of the table. */
export const scenarios: readonly Scenario[] = [...falseRollbacks];
