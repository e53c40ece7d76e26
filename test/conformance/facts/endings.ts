import assert from "node:assert/strict";
import type { Fact, Stage } from "../stage.ts";
import { answersBy, byVersion, onlyAnswers, statusOf, takeBack } from "./asking.ts";
import { nextAttempt, promoted, trial } from "./plans.ts";

const everywhere = (): boolean => true;
const abort = { way: "abort", reason: "answers nonsense" } as const;
const rollback = { way: "rollback", reason: "too slow" } as const;

/** A candidate with half of the traffic, aborted. */
async function aborted(stage: Stage): Promise<void> {
  await stage.deploy(trial(stage.capabilities, 5_000));
  await takeBack(stage, abort);
}

/** It is known to be ended, and nothing gives it traffic again. */
async function staysEnded(stage: Stage): Promise<void> {
  const { dataPlane, endpoint, capabilities } = stage;
  const plan = trial(capabilities, 5_000);
  const { rollout, weights } = await statusOf(stage);
  assert.deepEqual([rollout.phase, rollout.ended?.reason, weights], ["aborted", abort.reason, { v1: 10_000, v2: 0 }]);
  assert.equal((await dataPlane.endedBefore(endpoint, plan))?.reason, abort.reason);
  await onlyAnswers(stage, "v1");
  // Whether the plan in force is taken again is the platform's own business; what comes of it is not.
  await stage.deploy(plan).catch(() => undefined);
  await onlyAnswers(stage, "v1");
  const edited = trial(capabilities, 10_000);
  assert.equal((await dataPlane.refusalOf(endpoint, edited))?.code, "rolloutAborted");
  await assert.rejects(stage.deploy(edited));
  await onlyAnswers(stage, "v1");
}

/** How traffic is taken back, and what comes of it. */
export const endings: readonly Fact[] = [
  {
    name: "an abort is effective: nothing that is sent after its answer reaches the candidate",
    applies: everywhere,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 10_000));
      const underWay = stage.send(400);
      const { rollout, weights } = await takeBack(stage, abort);
      const after = await stage.send(500);
      assert.deepEqual(byVersion(after), { v1: 500 });
      assert.deepEqual([rollout.phase, weights], ["aborted", { v1: 10_000, v2: 0 }]);
      assert.deepEqual([...new Set((await underWay).map(({ status }) => status))], [200]);
    },
  },
  {
    name: "the same abort again changes nothing",
    applies: everywhere,
    async check(stage) {
      await aborted(stage);
      const { generation, rollout } = await statusOf(stage);
      const again = await takeBack(stage, { ...abort, reason: "once more" });
      assert.deepEqual([again.generation, again.rollout.ended], [generation, rollout.ended]);
    },
  },
  {
    name: "ended stays ended",
    applies: everywhere,
    async check(stage) {
      await aborted(stage);
      await staysEnded(stage);
    },
  },
  {
    name: "ended stays ended over a restart",
    applies: everywhere,
    async check(stage) {
      await aborted(stage);
      await stage.restart();
      await staysEnded(stage);
      await stage.restart();
      await staysEnded(stage);
    },
  },
  {
    name: "the next attempt of what was ended gets its share",
    applies: everywhere,
    async check(stage) {
      await aborted(stage);
      await stage.restart();
      const next = nextAttempt(stage.capabilities, 5_000);
      assert.equal(await stage.dataPlane.refusalOf(stage.endpoint, next), undefined);
      assert.equal(await stage.dataPlane.endedBefore(stage.endpoint, next), undefined);
      await stage.deploy(next);
      await answersBy(stage, next.weight);
    },
  },
  {
    name: "a rollback while a candidate runs ends its rollout, and goes no further",
    applies: everywhere,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 5_000));
      for (let time = 0; time < 2; time++) {
        const { rollout } = await takeBack(stage, rollback);
        assert.equal(rollout.phase, "aborted");
        await onlyAnswers(stage, "v1");
      }
    },
  },
  {
    name: "without a candidate a rollback goes to the version before, and stays there over a restart",
    applies: everywhere,
    async check(stage) {
      const { dataPlane, endpoint } = stage;
      await stage.deploy(promoted());
      await onlyAnswers(stage, "v2");
      const { rollout, weights } = await takeBack(stage, rollback);
      assert.deepEqual([rollout.phase, weights], ["rolledBack", { v1: 10_000, v2: 0 }]);
      await onlyAnswers(stage, "v1");
      await stage.restart();
      await onlyAnswers(stage, "v1");
      await stage.deploy(promoted()).catch(() => undefined);
      await onlyAnswers(stage, "v1");
      const edited = promoted({ deadlineMs: 20_000 });
      assert.equal((await dataPlane.refusalOf(endpoint, edited))?.code, "rolledBack");
      await assert.rejects(stage.deploy(edited));
      await onlyAnswers(stage, "v1");
    },
  },
  {
    name: "what a rollout is judged on is told while it runs, and when it has ended",
    applies: everywhere,
    async check(stage) {
      const { dataPlane, endpoint, capabilities } = stage;
      const { rollout } = trial(capabilities, 5_000);
      await stage.deploy(trial(capabilities, 5_000));
      for (const ends of [false, true]) {
        if (ends) await takeBack(stage, abort);
        const { identity, settings } = await dataPlane.evidence(endpoint);
        assert.deepEqual(
          [identity, settings?.guards.length, settings?.alpha, settings?.beta],
          [rollout.identity, rollout.guards.length, rollout.alpha, rollout.beta],
        );
      }
    },
  },
  {
    name: "the history says how it ended, why and for whom, also after a restart",
    applies: everywhere,
    async check(stage) {
      const { dataPlane, endpoint } = stage;
      assert.deepEqual(await dataPlane.history(endpoint), []);
      await aborted(stage);
      await stage.restart();
      const [entry, ...others] = await dataPlane.history(endpoint);
      assert.deepEqual(others, []);
      assert.ok(entry !== undefined, "the history is empty");
      const { how, identity, attempt, stable, candidate, serving, cause, reason, id } = entry;
      assert.deepEqual(
        { how, identity, attempt, stable, candidate, serving, cause, reason },
        {
          ...{ how: "aborted", identity: "rollout-1", attempt: "1", stable: "v1", candidate: "v2", serving: "v1" },
          ...{ cause: "person", reason: abort.reason },
        },
      );
      const whole = await dataPlane.historyEntry(endpoint, id);
      assert.deepEqual([whole?.identity, Array.isArray(whole?.intervals)], ["rollout-1", true]);
      assert.equal(await dataPlane.historyEntry(endpoint, "another"), undefined);
    },
  },
];
