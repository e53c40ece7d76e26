import assert from "node:assert/strict";
import type { Fact } from "../stage.ts";
import { answersBy, byVersion, onlyAnswers, statusOf } from "./asking.ts";
import { possible, trial } from "./plans.ts";

const everywhere = (): boolean => true;

/** Who answers while a plan is in force. */
export const shares: readonly Fact[] = [
  {
    name: "a weight is obeyed",
    applies: everywhere,
    async check(stage) {
      for (const wish of [500, 2_500, 5_000]) {
        await stage.deploy(trial(stage.capabilities, wish));
        await answersBy(stage, possible(stage.capabilities, wish), 2_000);
      }
      await stage.deploy(trial(stage.capabilities, 10_000));
      await onlyAnswers(stage, "v2");
    },
  },
  {
    name: "at weight 0 the candidate answers nobody",
    applies: everywhere,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 0));
      await onlyAnswers(stage, "v1", 1_000);
    },
  },
  {
    name: "a candidate that gets copies answers nobody",
    applies: ({ shadow }) => shadow,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 0, { shadow: true }));
      await onlyAnswers(stage, "v1", 1_000);
      assert.equal((await statusOf(stage)).shadowing, true);
    },
  },
  {
    name: "a lower weight is taken at any time, also right after a restart",
    applies: everywhere,
    async check(stage) {
      const [high, low] = [trial(stage.capabilities, 10_000), trial(stage.capabilities, 500)];
      await stage.deploy(high);
      await stage.deploy(low);
      await answersBy(stage, low.weight);
      await stage.deploy(high);
      await stage.restart();
      await stage.deploy(low);
      await answersBy(stage, low.weight);
      await stage.deploy(trial(stage.capabilities, 0));
      await onlyAnswers(stage, "v1");
    },
  },
  {
    name: "a restart changes nobody's share",
    applies: everywhere,
    async check(stage) {
      const plan = trial(stage.capabilities, 2_500);
      await stage.deploy(plan);
      await stage.restart();
      assert.deepEqual((await statusOf(stage)).weights, { v1: 10_000 - plan.weight, v2: plan.weight });
      await answersBy(stage, plan.weight);
    },
  },
  {
    name: "a sticky caller stays with one version, and callers are divided",
    applies: ({ sticky }) => sticky,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 5_000, { stickyHeader: "x-user" }));
      const versions: string[] = [];
      for (let caller = 0; caller < 40; caller++) {
        const counts = byVersion(await stage.send(10, { session: `caller-${caller}` }));
        assert.equal(Object.keys(counts).length, 1, `caller-${caller} was answered by ${JSON.stringify(counts)}`);
        versions.push(...Object.keys(counts));
      }
      assert.deepEqual([...new Set(versions)].toSorted(), ["v1", "v2"]);
    },
  },
  {
    name: "a request that names its version is answered by that one",
    applies: ({ pinning }) => pinning,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 0));
      for (const version of ["v1", "v2"]) {
        const answers = (await stage.send(3, { version })).filter(({ status }) => status === 200);
        assert.ok(answers.length > 0, `${version} answers nobody who names it`);
        assert.deepEqual(byVersion(answers), { [version]: answers.length });
      }
    },
  },
  {
    // A route of a cluster has no rule for names that it does not know: who says 410 can say that, too.
    name: "a request that names a version which is unknown is answered by nobody",
    applies: ({ pinning, gone }) => pinning && gone,
    async check(stage) {
      await stage.deploy(trial(stage.capabilities, 0));
      for (const { status, version } of await stage.send(3, { version: "v99" })) {
        assert.ok(status >= 400 && version === undefined, `v99, which is unknown, was answered: ${status} ${version}`);
      }
    },
  },
  {
    name: "what the data plane says of the endpoint is what was deployed",
    applies: everywhere,
    async check(stage) {
      const { dataPlane, endpoint, capabilities } = stage;
      const plan = trial(capabilities, 2_500);
      await stage.deploy(plan);
      assert.deepEqual((await statusOf(stage)).plan, plan);
      assert.deepEqual(
        (await dataPlane.endpoints({ endpoint })).map((each) => [each.endpoint, each.plan]),
        [[endpoint, plan]],
      );
      assert.deepEqual(await dataPlane.endpoints({ model: "another" }), []);
      assert.equal(await dataPlane.exists(), true);
      const { endpoints } = await dataPlane.look({ endpoint });
      assert.deepEqual(
        endpoints.map((each) => [each.endpoint, each.serves, each.status?.plan]),
        [[endpoint, true, plan]],
      );
    },
  },
];
