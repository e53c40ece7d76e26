import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { trainSentiment } from "../training/train.ts";

export const candidates = ["v2", "v3-crash", "v3-skew"] as const;
export type CandidateName = (typeof candidates)[number];
export type Behaviour = "good" | "crash" | "skew";

/** Which model lies under which name: the same word twice unless the names were drawn. */
export type Cast = Readonly<Record<CandidateName, Behaviour>>;

const behaviourOf: Cast = { v2: "good", "v3-crash": "crash", "v3-skew": "skew" };
const trainingSeed = 7;

const drawnNames = (seed: number | undefined): readonly CandidateName[] =>
  seed === undefined ? candidates : draw(candidates, seed);

/** Which model lies under which name. @param seed draws it; absent, each comes under its own */
export function drawCast(seed: number | undefined): Cast {
  const drawn = drawnNames(seed);
  const entries = candidates.map((name, index) => [name, behaviourOf[drawn[index] ?? name]] as const);
  return Object.fromEntries(entries) as Record<CandidateName, Behaviour>;
}

/** Trains the five versions into `models`. @param seed draws which model comes under which name; absent, each comes under its own */
export function trainCast(models: string, seed: number | undefined): Cast {
  const scratch = path.join(models, ".training");
  trainSentiment(scratch, { seed: trainingSeed });
  const drawn = drawnNames(seed);
  renameSync(path.join(scratch, "v1"), path.join(models, "v1"));
  candidates.forEach((name, index) => {
    renameSync(path.join(scratch, drawn[index] ?? name), path.join(models, name));
  });
  // One more good version, from other training data, for the part that is done by hand.
  trainSentiment(scratch, { seed: trainingSeed + 1 });
  renameSync(path.join(scratch, "v2"), path.join(models, "v4"));
  rmSync(scratch, { recursive: true });
  return drawCast(seed);
}

/** Fisher-Yates with a multiplicative generator (Lehmer, modulus 2^31 - 1). */
function draw<T>(items: readonly T[], seed: number): readonly T[] {
  const drawn = [...items];
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  for (let last = drawn.length - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [drawn[last], drawn[other]] = [drawn[other] as T, drawn[last] as T];
  }
  return drawn;
}
