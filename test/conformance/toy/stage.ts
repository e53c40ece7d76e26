import { setImmediate as turn } from "node:timers/promises";
import { seeded } from "../../analysis/random-traffic.ts";
import type { Answer, Stage } from "../stage.ts";
import { weakness } from "./capabilities.ts";
import { Controller } from "./controller.ts";
import { dataPlaneOf } from "./data-plane.ts";
import { type Obeys, Router } from "./router.ts";
import { type Gives, Store } from "./store.ts";

/** How a toy is broken. */
export interface Faults {
  /** @default the router obeys */
  readonly obeys?: Obeys;
  /** @default the store gives back what it was given */
  readonly gives?: Gives;
}

const ENDPOINT = "toy";
/** Between so many requests others get their turn, as on a network. */
const AT_ONCE = 25;

/** A running toy: in memory, seeded, and decided by the same core as every platform. */
export async function openToy({ obeys = (weight) => weight, gives = (kept) => kept }: Faults = {}): Promise<Stage> {
  const router = new Router(seeded(7), obeys);
  const store = new Store(gives);
  let controller = new Controller(store, router);
  return {
    capabilities: weakness,
    endpoint: ENDPOINT,
    dataPlane: dataPlaneOf(ENDPOINT, () => controller),
    async deploy(plan) {
      const refusal = controller.decide({ kind: "plan", plan });
      if (refusal !== undefined) throw new Error(refusal.error);
    },
    async send(requests) {
      const answers: Answer[] = [];
      while (answers.length < requests) {
        if (answers.length % AT_ONCE === 0) await turn();
        const version = router.next();
        answers.push({ version, status: version === undefined ? 503 : 200, headers: {} });
      }
      const counted = router.take();
      if (counted !== undefined) controller.judge(counted);
      return answers;
    },
    async restart() {
      controller = new Controller(store, router);
    },
    close: async () => undefined,
  };
}
