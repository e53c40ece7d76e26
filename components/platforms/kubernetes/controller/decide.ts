import { createHash } from "node:crypto";
import {
  type ClosedInterval,
  emptyState,
  guardsToCount,
  type Input,
  isJudged,
  type Learnt,
  type Limit,
  type Refusal,
  step,
} from "../../../rollout/index.ts";
import type { TrafficEvent } from "../../../traffic/status.ts";
import type { Counted } from "../counts/index.ts";
import { type Intent, intentOf, type Ready } from "./intent.ts";
import { type Kept, NO_EVIDENCE } from "./kept.ts";
import type { Seen } from "./look.ts";

/** What a pass has decided so far. */
export interface Decision {
  readonly kept: Kept;
  /** What people are to be told. */
  readonly notes: readonly TrafficEvent[];
  readonly refusal?: Refusal | undefined;
}

/** Without what depends on the state alone: `withIntent` puts it beside. */
const NO_INTENT: Intent = { split: { shares: {} }, order: "", generation: 0, ended: "" };

/** Before the first plan. */
export const firstKept = (now: number): Kept => ({
  ...{ format: 1, fence: 0, state: emptyState(new Date(now).toISOString()), intent: NO_INTENT },
  ...{ evidence: NO_EVIDENCE, endings: [], told: "" },
});

/** Takes an input, and does what of its orders concerns the memory alone: evidence and endings. */
export function take({ kept, notes }: Decision, input: Input): Decision {
  const { state, orders, refusal } = step(kept.state, input);
  let { evidence, endings } = kept;
  const told: TrafficEvent[] = [];
  for (const order of orders) {
    if (order.kind === "note") told.push(order.event);
    if (order.kind === "forgetEvidence") evidence = { run: evidence.run + 1, moved: 0, tail: [] };
    if (order.kind === "record") {
      const { ending } = order;
      endings = [...endings, { ...evidence, id: idOf(ending.to, ending.identity, ending.how), ending }];
    }
  }
  return { kept: { ...kept, state, evidence, endings }, notes: [...notes, ...told], refusal };
}

/** Begins with the time: the order of names is the order of endings. The same ending has the same name. */
const idOf = (at: string, ...parts: readonly string[]): string =>
  `${at.replaceAll(":", "-")}-${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 6)}`;

/** The program's plan, where it is another one than the plan in force. */
export function takePlan(
  before: Decision,
  { order, orderText }: Seen,
  learnt: Learnt | undefined,
  now: number,
): Decision {
  const taken = take(before, { kind: "plan", plan: order.traffic, now, ...(learnt !== undefined && { learnt }) });
  if (taken.refusal !== undefined)
    return tell(before, "plan", orderText, { kind: "plan", text: taken.refusal.error }, now);
  // Counts of another rollout are none of this one.
  const isOther = before.kept.state.plan?.rollout.identity !== order.traffic.rollout.identity;
  return isOther ? { ...taken, kept: { ...taken.kept, cursor: undefined } } : taken;
}

const hashed = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** What people are told of: of each the last is remembered. */
type Subject = "plan" | "route" | "standstill" | "flowing";

/** Tells people once. @param about the same again is not told */
export function tell(
  before: Decision,
  subject: Subject,
  about: string,
  { kind, text }: Pick<TrafficEvent, "kind" | "text">,
  now: number,
): Decision {
  if (isTold(before.kept.told, subject, about)) return before;
  const taken = take(before, { kind: "note", event: kind, text, now });
  const told = [...othersTold(before.kept, subject), lineOf(subject, about)].join("\n");
  return { ...taken, kept: { ...taken.kept, told } };
}

/** Whether people were told of it. @param told of `Kept` */
export const isTold = (told: string, subject: Subject, about: string): boolean =>
  told.split("\n").includes(lineOf(subject, about));

const lineOf = (subject: Subject, about: string): string => `${subject} ${hashed(about)}`;

/** It is over, and told when it comes again. */
export function forget(before: Decision, subject: Subject): Decision {
  const told = othersTold(before.kept, subject).join("\n");
  return told === before.kept.told ? before : { ...before, kept: { ...before.kept, told } };
}

const othersTold = ({ told }: Kept, subject: Subject): readonly string[] =>
  told.split("\n").filter((line) => line !== "" && !line.startsWith(`${subject} `));

/** Judges what was counted. @param limit how much the candidate could be given */
export function takeCounts(before: Decision, counted: Counted, limit: Limit | undefined, now: number): Decision {
  let decision = before;
  for (const text of counted.notes) decision = take(decision, { kind: "note", event: "counts", text, now });
  for (const interval of counted.intervals) {
    const { plan, progress } = decision.kept.state;
    if (plan === undefined || progress === undefined || !isJudged(plan) || progress.ended !== undefined) break;
    const isReached = Object.values(interval.live.counts).some(({ n1 }) => n1 > 0);
    const metrics = new Set(guardsToCount(progress, plan.rollout, isReached).map(({ metric }) => metric));
    const counts = Object.fromEntries(Object.entries(interval.live.counts).filter(([metric]) => metrics.has(metric)));
    const closed: ClosedInterval = {
      ...interval,
      live: { ...interval.live, counts },
      ...(limit !== undefined && { limit }),
    };
    const { evidence } = decision.kept;
    const kept = { ...decision.kept, evidence: { ...evidence, tail: [...evidence.tail, closed] } };
    decision = take({ ...decision, kept }, { kind: "interval", interval: closed, now });
  }
  return { ...decision, kept: { ...decision.kept, cursor: counted.cursor } };
}

/** The intent by what is known now; another one gets a fence of its own. */
export function withIntent(kept: Kept, orderText: string, ready: Ready): Kept {
  const intent = intentOf(kept.state, orderText, ready);
  if (intent === undefined || JSON.stringify(intent) === JSON.stringify(kept.intent)) return kept;
  return { ...kept, intent, fence: kept.fence + 1 };
}
