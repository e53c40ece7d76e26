import { parentPort } from "node:worker_threads";
import { seeded } from "./draw.ts";
import { scenarios } from "./scenarios/index.ts";

/** Cases of a scenario, from a number up to another. */
export interface Batch {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
}

parentPort?.on("message", ({ scenario: name, from, to }: Batch) => {
  const scenario = scenarios.find((each) => each.name === name);
  const outcomes = Array.from({ length: to - from }, (_, i) => scenario?.run(seeded(name, from + i), from + i));
  parentPort?.postMessage(outcomes);
});
