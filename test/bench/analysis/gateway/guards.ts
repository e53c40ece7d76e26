import { type Guard, resolveGuards, type WrittenGuard } from "../../../../components/guards/index.ts";

/** Default of `rollout.warmUp`. */
export const WARM_UP_MS = 30_000;

/** A guard as a release document has it. */
export const guard = (
  metric: string,
  margin: WrittenGuard["margin"],
  changes: Partial<WrittenGuard> = {},
): WrittenGuard => ({ metric, margin, designEffect: 1, ...changes });

/** A margin in percentage points. */
export const points = (value: number): WrittenGuard["margin"] => ({ kind: "absolute", value: value / 100 });

/** A margin in per cent of stable's value. */
export const percent = (value: number): WrittenGuard["margin"] => ({ kind: "relative", value: value / 100 });

/** Guards of a document with those that they bring along. */
export const guardsOf = (...written: readonly WrittenGuard[]): readonly Guard[] => resolveGuards(written);
