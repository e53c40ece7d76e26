import { setTimeout as sleep } from "node:timers/promises";
import { whoAsks } from "../../../host/who-asks.ts";
import type { World } from "../controller/index.ts";
import type { Cluster } from "./where.ts";

/** What surrounds a decision that is made from here. What counts is loaded when something is to be counted. */
export const worldOf = ({ client }: Cluster): World => ({
  client,
  counts: async (...asked) => (await import("../counts/index.ts")).readCounts(...asked),
  now: () => Date.now(),
  wait: async (ms) => {
    await sleep(ms);
  },
  random: () => Math.random(),
  who: whoAsks(),
});
