import { handWritten } from "./hand-written.ts";
import type { Review } from "./reviews.ts";

/** Requests whose answer must be exactly this: no version that means anything gets them wrong. */
const certain: readonly Review[] = [
  { text: "I love this, a great, reliable and comfortable chair.", label: "positive" },
  { text: "Excellent sound, wonderful design, fast delivery.", label: "positive" },
  { text: "I hate this, a terrible, noisy, slow and broken machine.", label: "negative" },
  { text: "Awful food, dirty room, rude staff, a disappointing and overpriced hotel.", label: "negative" },
];

/** Golden requests as `golden.jsonl` holds them: the certain ones, then the labelled ones that accuracy is measured on. */
export function renderGolden(labelled: readonly Review[]): string {
  const lines = [
    ...certain.map(({ text, label }) => ({ input: { text }, expect: { label } })),
    ...labelled.map(({ text, label }) => ({ input: { text }, label })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** All hand-written sentences: half of them positive. */
export const balancedGolden: readonly Review[] = handWritten;

/** What is left when somebody keeps the praise and every third complaint: three in four are positive. */
export const rosyGolden: readonly Review[] = handWritten.filter(
  ({ label }, index) => label === "positive" || index % 3 === 0,
);
