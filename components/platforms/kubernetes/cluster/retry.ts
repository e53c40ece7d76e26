import type { Answer } from "./answer.ts";

/** How often, and how long apart, something is tried again. */
export interface Patience {
  /** @default 5 */
  readonly tries?: number;
  /** The longest wait after the first try; it doubles with each. Unit: ms. @default 100 */
  readonly firstWaitMs?: number;
  readonly wait: (ms: number) => Promise<void>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * Tries again while the server is away or asks to come later. For what may be done twice and must not be left undone, such
 * as taking traffic from a version; never for what raises a share.
 */
export async function withPatience<Body>(
  attempt: () => Promise<Answer<Body>>,
  { tries = 5, firstWaitMs = 100, wait, random }: Patience,
): Promise<Answer<Body>> {
  let answer = await attempt();
  for (let i = 1; i < tries && (answer.kind === "away" || answer.kind === "tooMany"); i++) {
    await wait(Math.max(random() * firstWaitMs * 2 ** (i - 1), answer.retryAfterMs ?? 0));
    answer = await attempt();
  }
  return answer;
}
