import {
  type ClosedInterval,
  type EndingRecord,
  expect,
  judgesOf,
  object,
  objectIn,
  type RolloutState,
  readPlan,
} from "../../../rollout/index.ts";
import { type CountCursor, readCursor } from "../counts/index.ts";
import type { Intent } from "./intent.ts";

/** The intervals of the rollout that runs: those that the history has already, and those that it has yet to be given. */
export interface RunningEvidence {
  /** Counts how often evidence began anew: intervals of another run are none of it. */
  readonly run: number;
  /** How many are in the history. */
  readonly moved: number;
  /** Those behind them. */
  readonly tail: readonly ClosedInterval[];
}

/** An ending that the history has yet to be given. */
export interface PendingEnding extends RunningEvidence {
  readonly id: string;
  readonly ending: EndingRecord;
}

/** All that a controller knows: it stands in a ConfigMap, and who reads it there can go on. */
export interface Kept {
  readonly format: 1;
  /** Counts intents: the route says for which one it was written. */
  readonly fence: number;
  readonly state: RolloutState;
  readonly intent: Intent;
  /** Absent until something is counted. */
  readonly cursor?: CountCursor | undefined;
  readonly evidence: RunningEvidence;
  readonly endings: readonly PendingEnding[];
  /** What people were told of the route and are not told again: that it was edited, or why the plan is not taken; a line each. */
  readonly told: string;
}

/** The key of the ConfigMap. */
export const STATE_KEY = "state.json";

/** Nothing was counted yet. */
export const NO_EVIDENCE: RunningEvidence = { run: 0, moved: 0, tail: [] };

/** As it is kept. */
export const writeKept = (kept: Kept): string => JSON.stringify(kept);

/**
 * Reads what was kept. What decisions rest on is checked: a state that cannot be read is an error, never "there is none".
 * @throws PlanError naming the field, what was seen and what is allowed
 */
export function readKept(text: string): Kept {
  const kept = objectIn("state", text);
  expect("state.format", kept.format, kept.format === 1, "1: another one is of a newer version of this library");
  expect("state.fence", kept.fence, isCount(kept.fence), "a whole number from 0");
  const state = object("state.state", kept.state);
  const plan = readPlan("state.state.plan", state.plan);
  expect("state.state.generation", state.generation, isCount(state.generation), "a whole number from 0");
  for (const field of ["ended", "contents", "deprecatedSince"]) object(`state.state.${field}`, state[field]);
  const progress = object("state.state.progress", state.progress);
  const { ladder, step } = progress;
  const isStep = Number.isInteger(step) && Array.isArray(ladder) && Number(step) >= -1 && Number(step) < ladder.length;
  expect("state.state.progress.step", step, isStep, "a step of its ladder");
  const intent = object("state.intent", kept.intent);
  object("state.intent.split.shares", object("state.intent.split", intent.split).shares);
  const evidence = object("state.evidence", kept.evidence);
  expect("state.evidence.tail", evidence.tail, Array.isArray(evidence.tail), "a list of intervals");
  expect("state.endings", kept.endings, Array.isArray(kept.endings), "a list of endings");
  if (kept.cursor !== undefined) readCursor("state.cursor", kept.cursor);
  const read = kept as unknown as Kept;
  // What judges of other guards remembered is none of these: it throws.
  if (read.state.judges !== undefined) judgesOf(plan.rollout, read.state.judges);
  return read;
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
