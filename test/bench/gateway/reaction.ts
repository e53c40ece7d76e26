import { fail } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, percentile } from "../figure.ts";

const TRIALS = 20;

/** From the guard's decision, as the gateway dates it, to the last request that the candidate's server received. */
export async function benchReaction(main: string): Promise<readonly Figure[]> {
  const bench = await Bench.start(["v1", "v2"], main);
  try {
    let lastAt = 0;
    for (const server of bench.servers.values()) server.remember = false;
    bench.server("v2").answer = (_seen, response) => {
      lastAt = Date.now();
      fail(response);
    };
    const spans: number[] = [];
    const detections: number[] = [];
    let done = false;
    await bench.accepted(canaryPlan({ weight: 5_000 }, { identity: "trial-0", attempt: "1" }));
    const load = bench.load(() => done, 8);
    for (let trial = 0; trial < TRIALS; trial++) {
      await bench.accepted(canaryPlan({ weight: 5_000 }, { identity: `trial-${trial}`, attempt: String(trial + 1) }));
      const { rollout } = await bench.until((status) => status.rollout.phase === "aborted");
      spans.push(Math.max(0, lastAt - Date.parse(rollout.ended?.at ?? "")));
      detections.push(rollout.ended?.detectSeconds ?? Number.NaN);
    }
    done = true;
    await load;
    const detail = `${TRIALS} trials under load, candidate at 50 % failing always; detected after ${percentile(detections, 0.5)} s at the median`;
    return [figure("guard-to-last-bad-ms-p99", percentile(spans, 0.99), "ms", { atMost: 100 }, detail)];
  } finally {
    await bench.stop();
  }
}
