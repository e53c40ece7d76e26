import { setTimeout as sleep } from "node:timers/promises";
import { BASE } from "./arena.ts";
import type { Endpoint, Outcome, Policy } from "./contestant.ts";
import { type Extent, type Field, onField, tryOut } from "./field.ts";

/** What became of one healthy version behind one endpoint; "undecided": it was still on trial when the round ended. */
export interface Judged {
  readonly contestant: string;
  readonly outcome: Outcome | "undecided";
}

const POLICY: Policy = { steps: [10, 25, 50], bakeSeconds: 10 };

/** Every version fails at this rate, as good ones do. */
const USUAL = { failing: 0.005 };

/** What they share breaks: all of them fail so often, and for so long. */
const INCIDENT = { failing: 0.2, seconds: 15 };

/** The longest that a version is on trial. */
const ROUND_MS = 240_000;

/** Versions that are as good as what serves, taken up behind all endpoints at one moment; an incident meets every version in it. */
export const takeUpHealthy = (extent: Extent): Promise<readonly Judged[]> =>
  onField(POLICY, extent, async (field) => {
    const judged: Judged[] = [];
    const versions = [BASE];
    for (let round = 0; round < extent.rounds; round++) {
      versions.push(`healthy${round}`);
      judged.push(...(await takeUpRound(field, versions)));
    }
    return judged;
  });

async function takeUpRound(field: Field, versions: readonly string[]): Promise<readonly Judged[]> {
  const { arena, contestants } = field;
  const all = (failing: number): void => {
    for (const version of versions) arena.pods.behave(version, { failing });
  };
  all(USUAL.failing);
  const deadline = performance.now() + ROUND_MS;
  const incident = async (): Promise<void> => {
    await sleep(15_000 + 30_000 * Math.random());
    all(INCIDENT.failing);
    await sleep(INCIDENT.seconds * 1000);
    all(USUAL.failing);
  };
  await Promise.all([tryOut(field, versions.at(-1) ?? BASE, (POLICY.steps[0] ?? 0) * 100), incident()]);
  return Promise.all(
    contestants.flatMap(({ name, endpoints }) =>
      endpoints.map(async (endpoint) => ({ contestant: name, outcome: await outcomeBy(deadline, endpoint) })),
    ),
  );
}

async function outcomeBy(deadline: number, { outcome }: Endpoint): Promise<Judged["outcome"]> {
  while (performance.now() < deadline) {
    const seen = await outcome();
    if (seen !== undefined) return seen;
    await sleep(500);
  }
  return "undecided";
}
