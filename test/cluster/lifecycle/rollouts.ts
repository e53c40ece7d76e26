import { setTimeout as sleep } from "node:timers/promises";
import type { Kept } from "../../../components/platforms/kubernetes/controller/kept.ts";
import type { Release } from "../../../components/release/index.ts";
import type { Behaviour } from "../traffic/behaviour.ts";
import type { Capacity, Division } from "./ledger.ts";
import { aboveShare } from "./share.ts";
import type { Stage } from "./stage.ts";

/** What one rollout came to, seen from outside. */
export interface RolloutFacts {
  readonly candidate: string;
  /** How it ended in the controller's own words. */
  readonly phase: string;
  readonly cause: string;
  /** Answers that callers did not get, or got as 5xx of another version than the candidate. */
  readonly lost: number;
  /** The same of the candidate: what it cost to find out. */
  readonly spoilt: number;
  /** Where more requests went to the candidate than its share, and chance, explain. */
  readonly above: ReturnType<typeof aboveShare>;
  readonly stable: Capacity;
  /** When the candidate lost its last share; absent while it has some. In ms since 1970. */
  readonly zeroAt?: number;
  /** The scrape that closed the last interval that was judged, by the clock of who scraped. In ms since 1970. */
  readonly judgedAt?: number;
}

/** A rollout on a stage. */
export interface RolloutRun {
  readonly stable: string;
  readonly candidate: string;
  /** Versions that are deployed beside the two. */
  readonly beside?: readonly string[];
  readonly rollout?: Partial<Release["rollout"]>;
  /** How the candidate behaves from the first request on. */
  readonly behaviour?: Behaviour;
}

/** How stable behaves, and who is as good: its answers are positive at this rate. */
export const answering = (positive: number, more: Behaviour = {}): Behaviour => ({
  ...more,
  feedback: { positiveRate: (draw) => Number(draw < positive) },
});

/** The rate of who is as good as stable. */
export const USUAL = 0.6;

/** The longest that a phase is waited for, in ms. */
const PATIENCE_MS = 90_000;

/**
 * Deploys a candidate, does what is to be done to it, and waits until its rollout has ended.
 * @param during is called once the candidate has some share
 */
export async function runRollout(
  stage: Stage,
  { stable, candidate, beside = [], rollout = {}, behaviour = answering(USUAL) }: RolloutRun,
  during: () => Promise<void> = async () => {},
): Promise<RolloutFacts> {
  const { ledger, pods, program } = stage;
  pods.behave(candidate, behaviour);
  const lookedAfter = ledger.lookAfter(stable);
  const from = ledger.heard.length;
  const asked = { ...rollout, stable, candidate, weight: "100%" } as const;
  await program.deploy(stage.document([...beside, stable, candidate], asked));
  await until(async () => ledger.weightOf(candidate) > 0, `${candidate} to get a share`);
  await during();
  const ended = await until(async () => {
    const kept = await stage.kept();
    const { progress, plan } = kept?.state ?? {};
    const isOver = progress?.phase === "complete" || progress?.ended !== undefined;
    return plan?.candidate === candidate && isOver ? kept : undefined;
  }, `the rollout of ${candidate} to end`);
  // What is under way is answered.
  await sleep(1_000);
  return factsOf(stage, candidate, ended, from, lookedAfter());
}

function factsOf(
  { ledger }: Stage,
  candidate: string,
  { state: { progress }, cursor }: Kept,
  from: number,
  stable: Capacity,
): RolloutFacts {
  const heard = ledger.heard.slice(from);
  const bad = heard.filter(({ status = 599 }) => status >= 500);
  const spoilt = bad.filter(({ version }) => version === candidate).length;
  const zero = zeroIn(ledger.divisions, candidate);
  return {
    ...{ candidate, stable, spoilt, lost: bad.length - spoilt },
    phase: progress?.phase ?? "none",
    cause: progress?.ended?.cause ?? "",
    above: aboveShare(candidate, heard, ledger.divisions),
    ...(zero !== undefined && { zeroAt: zero.at }),
    ...(cursor !== undefined && { judgedAt: cursor.at }),
  };
}

function zeroIn(divisions: readonly Division[], version: string): Division | undefined {
  const last = divisions.findLastIndex(({ weights }) => (weights[version] ?? 0) > 0);
  return last < 0 ? undefined : divisions[last + 1];
}

/** Asks until there is an answer. @throws Error when there is none for long, saying what was waited for */
export async function until<Value>(ask: () => Promise<Value | undefined | false>, what: string): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`);
    await sleep(50);
  }
}
