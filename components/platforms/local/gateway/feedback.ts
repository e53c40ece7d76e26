import { type FeedbackMetric, metricOfGroup, placeIn, SHARES } from "../../../guards/index.ts";
import { hashLabel, type Prediction, type PredictionIds } from "./prediction-id.ts";

/** The metric that a label turns into: 1 when the model said the same, else 0. */
export const ACCURACY = "accuracy";
const MOST_ITEMS = 1000;
/** 4,096 predictions to a page, one bit each: 8 MB a metric, the last 67 million predictions. */
const PAGE = 4096;
const MOST_PAGES = 16_384;

/** One value of one metric for one prediction. */
export interface FeedbackItem {
  readonly prediction: Prediction;
  readonly metric: string;
  /** Where the value lies in its metric's range, 0 to 1. */
  readonly value: number;
}

/** What became of the values that were sent together. */
export interface FeedbackAnswer {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
  /** How many of them lie outside of the range that a guard declares; absent when none does. */
  readonly outOfRange?: number;
}

/** The metrics that feedback may name. */
export type FeedbackMetrics = ReadonlyMap<string, FeedbackMetric>;

/** Takes what was accepted. */
export type FeedbackSink = (item: FeedbackItem) => void;

/** Joins what comes back from the business to the predictions it is about, each prediction and metric once. */
export class Feedback {
  readonly #ids: PredictionIds;
  readonly #seen = new Map<string, SeenPredictions>();

  constructor(ids: PredictionIds) {
    this.#ids = ids;
  }

  /** @throws TypeError when the document is not feedback at all. */
  receive(document: unknown, metrics: FeedbackMetrics, sink: FeedbackSink): FeedbackAnswer {
    const items = Array.isArray(document) ? document : [document];
    if (items.length > MOST_ITEMS) throw new TypeError(`saw ${items.length} items; at most ${MOST_ITEMS} are allowed`);
    const rejected: { index: number; reason: string }[] = [];
    let outOfRange = 0;
    for (const [index, item] of items.entries()) {
      const result = this.#join(item, metrics);
      if ("refused" in result) {
        rejected.push({ index, reason: result.refused });
        outOfRange += Number(result.outOfRange === true);
      } else for (const each of result) sink(each);
    }
    return { accepted: items.length - rejected.length, rejected, ...(outOfRange > 0 && { outOfRange }) };
  }

  clear(): void {
    this.#seen.clear();
  }

  /** A value, and the same once more for its group. */
  #join(item: unknown, metrics: FeedbackMetrics): readonly FeedbackItem[] | Refused {
    if (typeof item !== "object" || item === null) return { refused: "an item is an object with predictionId" };
    const { predictionId, metric, value, label, group } = item as Readonly<Record<string, unknown>>;
    if (typeof predictionId !== "string") return { refused: "predictionId is missing" };
    const prediction = this.#ids.recognise(predictionId);
    if ("refused" in prediction) return prediction;
    const reading = label === undefined ? readValue(metric, value, metrics) : readLabel(prediction, label);
    if ("refused" in reading) return reading;
    const groups = metrics.get(reading.metric)?.groups ?? [];
    if (group !== undefined && !groups.some((each) => each === group)) {
      const known = groups.length === 0 ? "has no groups" : `has the groups ${groups.join(", ")}`;
      return { refused: `the guard of ${reading.metric} ${known}` };
    }
    const seen = this.#seenFor(reading.metric).add(prediction.boot, prediction.number);
    if (seen !== "fresh") return { refused: seen };
    const all = { prediction, ...reading };
    return typeof group === "string" ? [all, { ...all, metric: metricOfGroup(reading.metric, group) }] : [all];
  }

  #seenFor(metric: string): SeenPredictions {
    const known = this.#seen.get(metric);
    if (known !== undefined) return known;
    const created = new SeenPredictions();
    this.#seen.set(metric, created);
    return created;
  }
}

interface Refused {
  readonly refused: string;
  readonly outOfRange?: boolean;
}

type Reading = { readonly metric: string; readonly value: number } | Refused;

function readValue(metric: unknown, value: unknown, metrics: FeedbackMetrics): Reading {
  if (typeof metric !== "string") return { refused: "metric is missing" };
  const range = metrics.get(metric)?.range;
  if (range === undefined) {
    return { refused: `no guard uses the metric ${metric}; known: ${[...metrics.keys()].join(", ")}` };
  }
  const isShare = range === SHARES;
  const number = isShare && typeof value === "boolean" ? Number(value) : value;
  const place = typeof number === "number" ? placeIn(range, number) : undefined;
  if (place !== undefined) return { metric, value: place };
  if (isShare) return { refused: "value is a number from 0 to 1, or a boolean" };
  const refused = `value is a number from ${range.least} to ${range.most}, the range that the guard of ${metric} declares; a value outside is not clipped, it counts for no version`;
  return { refused, outOfRange: true };
}

function readLabel({ labelHash }: Prediction, label: unknown): Reading {
  if (typeof label !== "string") return { refused: "label is a string" };
  if (labelHash === undefined) return { refused: "the model gave no label with this prediction" };
  return { metric: ACCURACY, value: Number(hashLabel(label) === labelHash) };
}

/** Exact and bounded: a bit for each prediction, the oldest pages dropped, and what is older than they are refused. */
class SeenPredictions {
  readonly #pages = new Map<string, Uint8Array>();
  #dropped: { readonly boot: string; readonly page: number } | undefined;

  add(boot: string, number: number): "fresh" | "duplicate" | "the prediction is too old" {
    const page = Math.floor(number / PAGE);
    const key = `${boot}.${page}`;
    let bits = this.#pages.get(key);
    if (bits === undefined) {
      if (this.#isDropped(boot, page)) return "the prediction is too old";
      bits = new Uint8Array(PAGE / 8);
      this.#pages.set(key, bits);
      if (this.#pages.size > MOST_PAGES) this.#dropOldest();
    }
    const [byte, mask] = [(number % PAGE) >>> 3, 1 << (number & 7)];
    const before = bits[byte] ?? 0;
    bits[byte] = before | mask;
    return (before & mask) === 0 ? "fresh" : "duplicate";
  }

  #isDropped(boot: string, page: number): boolean {
    const dropped = this.#dropped;
    return dropped !== undefined && (boot < dropped.boot || (boot === dropped.boot && page <= dropped.page));
  }

  #dropOldest(): void {
    const [key] = this.#pages.keys();
    if (key === undefined) return;
    this.#pages.delete(key);
    const [boot = "", page = "0"] = key.split(".");
    this.#dropped = { boot, page: Number(page) };
  }
}
