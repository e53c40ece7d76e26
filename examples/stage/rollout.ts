import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficStatus } from "../../components/traffic/index.ts";
import { type Served, statusOf } from "./data-plane.ts";
import type { Narrator } from "./narrator.ts";

/** A rollout that decides nothing in this time has gone wrong. */
const patienceMs = 120_000;

/** Where a rollout has been. */
export interface Step {
  readonly version: string;
  /** The candidate's share in basis points, or "shadow". */
  readonly weight: number | "shadow";
  /** What the engine changed for it: nothing when the data plane climbed by itself. */
  readonly changed: readonly string[];
  /** On this step, or for this change. */
  readonly seconds: number;
  readonly verdict: string;
  /** Counts that the verdict rests on. */
  readonly evidence: unknown;
}

/** How a rollout went. */
export interface Watched {
  readonly outcome: "complete" | "aborted";
  readonly status: TrafficStatus;
  readonly steps: readonly Step[];
}

/** Looks on while the data plane climbs or goes back, and writes down each step. */
export async function watchRollout(served: Served, narrator: Narrator, changed: readonly string[]): Promise<Watched> {
  const deadline = performance.now() + patienceMs;
  const steps: Step[] = [];
  let at = { rung: -1, since: performance.now() };
  for (;;) {
    const status = await statusOf(served);
    const { candidate = "", ladder, step, phase, ended } = status.rollout;
    const now = performance.now();
    const over = phase === "complete" || phase === "aborted";
    if (at.rung >= 0 && (step !== at.rung || over)) {
      const { verdict, evidence } = verdictOf(status);
      const seconds = (now - at.since) / 1000;
      const weight = ladder[at.rung] ?? 0;
      steps.push({
        version: candidate,
        weight,
        changed: steps.length === 0 ? changed : [],
        seconds,
        verdict,
        evidence,
      });
      narrator.say(
        `${candidate} at ${renderRung(weight)} for ${seconds.toFixed(1)} s: ${describe(status, ended?.reason)}`,
      );
    }
    if (step !== at.rung) at = { rung: step, since: now };
    if (over) return { outcome: phase === "complete" ? "complete" : "aborted", status, steps };
    if (now > deadline)
      throw new Error(`no decision on ${candidate} after ${patienceMs / 1000} s: ${status.rollout.next?.what}`);
    narrator.now(`${candidate} ${renderRung(ladder[step] ?? 0)} · ${status.rollout.next?.what ?? ""}`);
    await sleep(100);
  }
}

interface VerdictLike {
  readonly verdict: string;
  readonly evidence: {
    readonly guards: readonly {
      readonly name: string;
      readonly comparisons: readonly { readonly stable: Arm; readonly candidate: Arm }[];
      readonly rollback: { readonly log: number; readonly p: number };
      readonly promote: { readonly log: number };
      readonly nonInferior: boolean;
    }[];
  };
}

interface Arm {
  readonly units: number;
  readonly events: number;
}

/** The verdict so far, with the counts it rests on. */
export function verdictOf(status: TrafficStatus): { readonly verdict: string; readonly evidence: unknown } {
  const verdict = status.rollout.verdict as VerdictLike | undefined;
  if (verdict === undefined) return { verdict: "noData", evidence: [] };
  const evidence = verdict.evidence.guards.map(({ name, comparisons, rollback, promote, nonInferior }) => ({
    guard: name,
    stable: comparisons[0]?.stable,
    candidate: comparisons[0]?.candidate,
    rollbackE: Math.exp(rollback.log),
    p: rollback.p,
    promoteE: Math.exp(promote.log),
    nonInferior,
  }));
  return { verdict: verdict.verdict, evidence };
}

function describe(status: TrafficStatus, reason: string | undefined): string {
  if (reason !== undefined) return reason;
  const verdict = status.rollout.verdict as VerdictLike | undefined;
  const shown = verdict?.evidence.guards.filter(({ nonInferior }) => nonInferior).map(({ name }) => name) ?? [];
  return shown.length === 0 ? "no guard fired" : `no guard fired; shown not worse: ${shown.join(", ")}`;
}

export const renderRung = (rung: "shadow" | number): string => (rung === "shadow" ? "shadow" : `${rung / 100} %`);
