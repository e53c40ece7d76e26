/** When a process that should answer counts as hung. Pure; all times are of one clock that never jumps, in milliseconds. */

/** What a process does, apart from answering. */
export interface Activity {
  /** It runs or waits for a processor: a loaded machine is no fault of its own. */
  readonly wantsToRun: boolean;
  /** Processor time used so far, in whatever unit: only a change counts. */
  readonly used: string;
}

/** What was seen of a process that was ready. */
export interface Watched {
  /** The last answer of whatever kind, or the beginning of the watch. */
  readonly answeredAt: number;
  /** Questions since then that got no answer. */
  readonly unanswered: number;
  /** When it last used the processor or wanted to. */
  readonly busyAt: number;
  readonly used: string;
}

/** Silent and idle for as long as this, a process will not answer any more. */
export const idleSilenceMs = 10_000;
/** One that computes may be silent for longer. */
export const busySilenceMs = 60_000;
/** Time alone proves nothing: the one that asks may have stood still itself. */
const leastQuestions = 4;

/** A watch at its beginning. @param now monotonic ms */
export const beginWatch = (now: number): Watched => ({ answeredAt: now, unanswered: 0, busyAt: now, used: "" });

/** What is known after one more question. */
export function afterQuestion(watched: Watched, answered: boolean, activity: Activity, now: number): Watched {
  const isBusy = activity.wantsToRun || activity.used !== watched.used;
  return {
    answeredAt: answered ? now : watched.answeredAt,
    unanswered: answered ? 0 : watched.unanswered + 1,
    busyAt: isBusy ? now : watched.busyAt,
    used: activity.used,
  };
}

/** Whether a process will not answer any more. @param now monotonic ms */
export function isHung({ answeredAt, unanswered, busyAt }: Watched, now: number): boolean {
  if (unanswered < leastQuestions) return false;
  const silence = now - answeredAt;
  return silence >= busySilenceMs || (silence >= idleSilenceMs && now - busyAt >= idleSilenceMs);
}
