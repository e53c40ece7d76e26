import type { Random } from "../../stage/random.ts";
import { adjectives, adverbs, asides, type Label, nouns, verbs } from "./words.ts";

/** A text and what its author meant by it. */
export interface Review {
  readonly text: string;
  readonly label: Label;
}

const negatedShare = 0.25;
const turnShare = 0.1;
const asideShare = 0.3;

/** One invented review: a quarter of its statements are negated (`not good`), a tenth turn round (`…, but …`). */
export function createReview(random: Random): Review {
  const label = random.pick<Label>(["positive", "negative"]);
  const statements = random.pick([1, 1, 2]);
  const sentences = Array.from({ length: statements }, () => sentence(random, label));
  if (random.chance(asideShare)) sentences.unshift(random.pick(asides));
  return { text: `${sentences.map(capitalise).join(". ")}.`, label };
}

function sentence(random: Random, label: Label): string {
  if (!random.chance(turnShare)) return statement(random, label);
  return `${statement(random, opposite(label))}, but ${statement(random, label)}`;
}

function statement(random: Random, label: Label): string {
  const negated = random.chance(negatedShare);
  return random.chance(0.3) ? feeling(random, label, negated) : judgement(random, label, negated);
}

function feeling(random: Random, label: Label, negated: boolean): string {
  const noun = random.pick(nouns);
  if (!negated) return `I ${random.pick(verbs[label])} the ${noun}`;
  return `I ${random.pick(["do not", "don't", "would never", "can't"])} ${random.pick(verbs[opposite(label)])} the ${noun}`;
}

function judgement(random: Random, label: Label, negated: boolean): string {
  const noun = random.pick(nouns);
  const adverb = random.chance(0.3) ? `${random.pick(adverbs)} ` : "";
  if (!negated) return `the ${noun} ${random.pick(["is", "was"])} ${adverb}${random.pick(adjectives[label])}`;
  const denial = random.pick(["is not", "isn't", "was not", "wasn't", "was never", "is hardly"]);
  return `the ${noun} ${denial} ${adverb}${random.pick(adjectives[opposite(label)])}`;
}

function opposite(label: Label): Label {
  return label === "positive" ? "negative" : "positive";
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
