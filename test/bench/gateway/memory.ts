import { readFileSync } from "node:fs";
import type { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, median } from "../figure.ts";
import { EVERY_GUARD, REQUEST, route, startReal } from "./real-servers.ts";
import { isInstalled, wrk } from "./wrk.ts";

const REQUESTS = 1_000_000;
const BARS = { rss: { atMost: 160 }, growth: { atMost: 0.02 } } as const;

/** Memory of the gateway over a million requests, a rollout running and every guard fed. */
export async function benchMemory(main: string): Promise<readonly Figure[]> {
  if (process.platform !== "linux" || !isInstalled("wrk")) {
    const detail = "not taken: needs Linux and apt-get install wrk";
    return [
      figure("gateway-rss-mb", Number.NaN, "MB", BARS.rss, detail),
      figure("gateway-rss-growth", Number.NaN, "share", BARS.growth, detail),
    ];
  }
  const real = await startReal(main);
  const { bench } = real;
  try {
    await route(real, canaryPlan({ weight: 500 }, { guards: EVERY_GUARD }));
    const samples: { readonly requests: number; readonly mb: number }[] = [];
    let done = false;
    const feeding = feedBack(bench, () => done);
    const sampling = sample(bench, samples, () => done);
    let requests = 0;
    while (requests < REQUESTS) {
      await wrk(bench.root, bench.port, 5);
      requests = await answered(bench);
    }
    done = true;
    await Promise.all([feeding, sampling]);
    const between = (from: number, to: number): number =>
      median(
        samples
          .filter((seen) => seen.requests >= from * requests && seen.requests <= to * requests)
          .map(({ mb }) => mb),
      );
    const [half, end] = [between(0.45, 0.6), between(0.85, 1)];
    const detail = `${requests} requests at 5 %, three guards, feedback; ${half.toFixed(1)} MB at the half, ${end.toFixed(1)} MB at the end (medians of samples each 200 ms)`;
    return [
      figure(
        "gateway-rss-mb",
        Math.max(...samples.map(({ mb }) => mb)),
        "MB",
        BARS.rss,
        `the highest sample; ${detail}`,
      ),
      figure("gateway-rss-growth", end / half - 1, "share", BARS.growth, detail),
    ];
  } finally {
    await real.stop();
  }
}

async function answered(bench: Bench): Promise<number> {
  const { requests } = await bench.status();
  return Object.values(requests).reduce((sum, counts) => sum + counts.requests, 0);
}

async function sample(bench: Bench, samples: { requests: number; mb: number }[], done: () => boolean): Promise<void> {
  while (!done()) {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${bench.gateway.child.pid}/status`, "utf8"))?.[1];
    samples.push({ requests: await answered(bench), mb: Number(kb) / 1024 });
    await new Promise((next) => setTimeout(next, 200));
  }
}

async function feedBack(bench: Bench, done: () => boolean): Promise<void> {
  while (!done()) {
    const { headers } = await bench.predict({ body: REQUEST });
    const body = JSON.stringify({ predictionId: headers["x-prediction-id"], metric: "positiveRate", value: 1 });
    await bench.feedBack(body);
  }
}
