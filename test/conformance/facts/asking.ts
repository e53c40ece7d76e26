import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { TakeBack } from "../../../components/platforms/data-plane.ts";
import type { TrafficStatus } from "../../../components/traffic/status.ts";
import type { Answer, Stage } from "../stage.ts";
import { fits } from "./split.ts";

/** How many of the answers came from each version. */
export const byVersion = (answers: readonly Answer[]): Readonly<Record<string, number>> =>
  answers.reduce<Record<string, number>>((counts, { version = "nobody" }) => {
    counts[version] = (counts[version] ?? 0) + 1;
    return counts;
  }, {});

/** Every one of these requests is answered, by the version alone. */
export async function onlyAnswers(stage: Stage, version: string, requests = 200): Promise<void> {
  const answers = await stage.send(requests);
  assert.deepEqual(byVersion(answers), { [version]: requests });
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
}

/** The candidate answers as often as its share says. @param weight basis points */
export async function answersBy(stage: Stage, weight: number, requests = 1_000): Promise<void> {
  const { v1 = 0, v2 = 0, ...others } = byVersion(await stage.send(requests));
  assert.deepEqual([others, v1 + v2], [{}, requests]);
  assert.ok(fits(v2, requests, weight), `the candidate answered ${v2} of ${requests} at a weight of ${weight / 100} %`);
}

/** What the data plane says. @throws Error when it says nothing */
export async function statusOf({ dataPlane, endpoint }: Stage): Promise<TrafficStatus> {
  const answer = await dataPlane.status(endpoint);
  assert.ok(answer.status !== undefined, "error" in answer ? answer.error : "no answer");
  return answer.status;
}

/** A busy machine is not the platform's fault; one that never answers is. */
const GRACE_SECONDS = 60;

/** Takes traffic back; the answer must come while the platform's own time lasts. */
export async function takeBack(
  { dataPlane, endpoint, capabilities }: Stage,
  details: TakeBack,
): Promise<TrafficStatus> {
  const over = new AbortController();
  const seconds = capabilities.abortSeconds + GRACE_SECONDS;
  const tooLate = sleep(seconds * 1_000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer to ${details.way} in ${seconds} s`);
  });
  try {
    const answer = await Promise.race([dataPlane.takeBack(endpoint, details), tooLate]);
    assert.ok(answer.status !== undefined, "error" in answer ? answer.error : "no answer");
    return answer.status;
  } finally {
    over.abort();
    await tooLate.catch(() => undefined);
  }
}
