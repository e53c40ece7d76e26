import { createRandom } from "../../stage/random.ts";
import { createReview, type Review } from "./reviews.ts";
import { nonAscii } from "./words.ts";

export interface TrafficSettings {
  readonly seed: number;
  /** Share of texts with a character outside ASCII, 0 to 1. @default 0.08 */
  readonly nonAsciiShare?: number;
}

/** An endless, reproducible stream of reviews as people would send them, with the label that their feedback would give. */
export function createTraffic({ seed, nonAsciiShare = 0.08 }: TrafficSettings): () => Review {
  const random = createRandom(seed);
  return () => {
    const review = createReview(random);
    if (!random.chance(nonAsciiShare)) return review;
    return { ...review, text: `${review.text} ${random.pick(nonAscii)}` };
  };
}
