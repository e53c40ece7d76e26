import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Outcome } from "./scenario.ts";
import type { Batch } from "./worker.ts";

/** Cases that a worker is given at once, as a part of all: often enough to tell how far it is. */
const BATCHES = 50;

/** Threads that simulate; each takes the next batch when it is done with one. */
export class Pool {
  readonly #workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(new URL("./worker.ts", import.meta.url)),
  );

  /** Simulates the cases of a scenario; in their order, whichever thread had them. */
  async run(scenario: string, cases: number): Promise<readonly Outcome[]> {
    const size = Math.max(1, Math.ceil(cases / BATCHES));
    const batches: Batch[] = [];
    for (let from = 0; from < cases; from += size) batches.push({ scenario, from, to: Math.min(cases, from + size) });
    const waiting = [...batches.keys()];
    const done = new Array<readonly Outcome[]>(batches.length).fill([]);
    const began = performance.now();
    let finished = 0;
    await Promise.all(
      this.#workers.map(async (worker) => {
        for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
          worker.postMessage(batches[at]);
          [done[at] = []] = (await once(worker, "message")) as [readonly Outcome[]];
          finished++;
          const seconds = ((performance.now() - began) / 1000).toFixed(0);
          if (finished % 10 === 0)
            process.stderr.write(`  ${(100 * finished) / batches.length} % after ${seconds} s\n`);
        }
      }),
    );
    return done.flat();
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
