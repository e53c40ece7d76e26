import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { type Served, statusOf } from "../data-plane.ts";
import type { Narrator } from "../narrator.ts";
import type { ClusterStage, HeardOf } from "./cluster-stage.ts";

/** A rollout that decides nothing in this time has gone wrong. */
const PATIENCE_MS = 240_000;

/** Asks until there is an answer. @throws Error when there is none for long, saying what was waited for */
export async function until<Value>(ask: () => Promise<Value | undefined>, what: string): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`);
    await sleep(100);
  }
}

/** What the controller has said, told once each. */
export class ControllerWords {
  readonly #narrator: Narrator;
  readonly #told = new Set<string>();

  constructor(narrator: Narrator) {
    this.#narrator = narrator;
  }

  tell({ events }: TrafficStatus): void {
    for (const { at, text } of events) {
      if (this.#told.has(`${at} ${text}`)) continue;
      this.#told.add(`${at} ${text}`);
      this.#narrator.say(`controller: ${text}`);
    }
  }
}

/** How a rollout in a cluster went. */
export interface Ended {
  readonly outcome: "complete" | "aborted";
  readonly cause: string | undefined;
  readonly reason: string | undefined;
  /** The shares that it had one after the other, in parts of 10,000. */
  readonly weights: readonly number[];
  /** By the clock of the stage, from its first share to its end. */
  readonly seconds: number;
}

/** What is looked at, and who is told. */
export interface Watching {
  readonly candidate: string;
  /** How many divisions the route had had before the edit. */
  readonly from: number;
  readonly words: ControllerWords;
  readonly narrator: Narrator;
}

/** Looks on while the controller climbs or goes back. */
export async function watchInCluster(
  served: Served,
  cluster: ClusterStage,
  { candidate, from, words, narrator }: Watching,
): Promise<Ended> {
  const status = await until(async () => {
    const now = await statusOf(served);
    words.tell(now);
    if (now.rollout.candidate !== candidate) return undefined;
    narrator.now(`${candidate} ${(now.weights[candidate] ?? 0) / 100} % · ${now.rollout.next?.what ?? ""}`);
    const { phase } = now.rollout;
    return phase === "complete" || phase === "aborted" ? now : undefined;
  }, `a decision on ${candidate}`);
  const { phase, ended } = status.rollout;
  const isGone = async () => (cluster.divisions().at(-1)?.weights[candidate] ?? 0) === 0 || undefined;
  if (phase === "aborted") await until(isGone, `the route to give ${candidate} nothing`);
  const at = cluster.clock();
  const own = cluster.divisions().slice(from);
  return {
    outcome: phase === "complete" ? "complete" : "aborted",
    ...{ cause: ended?.cause, reason: ended?.reason },
    weights: own.map(({ weights }) => weights[candidate] ?? 0),
    seconds: at - (own.find(({ weights }) => (weights[candidate] ?? 0) > 0)?.at ?? at),
  };
}

const NOBODY: HeardOf = { good: 0, bad: 0 };

/** What customers have heard of a version. */
export const heardOf = (byVersion: Readonly<Record<string, HeardOf>>, version: string): HeardOf =>
  byVersion[version] ?? NOBODY;
