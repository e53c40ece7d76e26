import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../../host/host-error.ts";
import {
  isJudged,
  type JudgesState,
  judgesOf,
  keptEffects,
  questionOf,
  type RolloutState,
  replay,
} from "../../../rollout/index.ts";
import type { IntervalLog } from "./interval-log.ts";
import type { Persistence } from "./persistence.ts";
import { type RolloutRecord, type RouteRecord, rolloutRecordOf, routeRecordOf } from "./records.ts";
import type { RouteDocument } from "./route-document.ts";

/** Keeps a state in the gateway's files. What the disk refuses is tried again with the next `save`. */
export class KeptState {
  readonly #files: Persistence;
  readonly #log: (line: string) => void;
  #writtenRoute: RouteRecord | undefined;
  #isUnsaved = false;

  constructor(settings: { readonly files: Persistence; readonly log: (line: string) => void }) {
    this.#files = settings.files;
    this.#log = settings.log;
  }

  /** The disk has refused what is in force. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  /** @throws Error when the disk refuses it */
  writeRoute(state: RolloutState, servers: RouteDocument["servers"]): void {
    const record = routeRecordOf(state, servers);
    if (record === undefined || isDeepStrictEqual(record, this.#writtenRoute)) return;
    this.#files.writeRoute(record);
    this.#writtenRoute = record;
  }

  /** @param offset how many bytes of the intervals the judges have read */
  save(state: RolloutState, servers: RouteDocument["servers"], offset: number): void {
    const record = rolloutRecordOf(state, offset);
    if (record === undefined) return;
    try {
      this.#files.writeRollout(record);
      this.writeRoute(state, servers);
      this.#isUnsaved = false;
    } catch (error) {
      this.#isUnsaved = true;
      this.#log(`in force, but not yet on the disk: ${messageOf(error)}`);
    }
  }

  forgetRoute(): void {
    this.#files.remove();
    this.#writtenRoute = undefined;
  }
}

/** A state from the files with its judges: they see again what the last snapshot has not seen. */
export function withJudges(
  state: RolloutState,
  snapshot: RolloutRecord["trial"],
  {
    intervals,
    now,
    log,
  }: { readonly intervals: IntervalLog; readonly now: number; readonly log: (line: string) => void },
): RolloutState {
  const { plan } = state;
  if (plan === undefined) return state;
  const question = questionOf(plan);
  intervals.offset = snapshot?.offset ?? 0;
  let judges: JudgesState | undefined;
  try {
    judges = isJudged(plan) ? judgesOf(plan.rollout, snapshot?.state) : undefined;
  } catch (error) {
    // Written by a version that judged otherwise, or damaged: everything is judged again.
    log(`judging again: ${messageOf(error)}`);
    intervals.offset = 0;
    judges = judgesOf(plan.rollout, undefined, keptEffects(snapshot?.state.effects));
  }
  return intervals
    .readNew(question)
    .reduce<RolloutState>((seen, closed) => replay(seen, closed, now), { ...state, question, judges });
}
