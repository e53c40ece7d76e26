import assert from "node:assert/strict";
import type { TrafficPlan } from "../../../components/traffic/plan.ts";
import { stablePlan } from "../../support/plans.ts";
import type { Fact } from "../stage.ts";
import { byVersion } from "./asking.ts";

const sunset = "2099-12-31T00:00:00Z";
const noticed = (version: string, phase: "deprecated" | "retired", changes: Partial<TrafficPlan> = {}): TrafficPlan =>
  stablePlan({ notices: { [version]: { phase, sunset, successor: "v1" } }, ...changes });

/** What clients are told of versions on their way out. */
export const notices: readonly Fact[] = [
  {
    name: "a version without notice says nothing of an end",
    applies: () => true,
    async check(stage) {
      await stage.deploy(noticed("v2", "deprecated"));
      const answers = await stage.send(20);
      assert.deepEqual(byVersion(answers), { v1: 20 });
      const headers = new Set(answers.flatMap((answer) => Object.keys(answer.headers)));
      assert.deepEqual([headers.has("deprecation"), headers.has("sunset")], [false, false]);
    },
  },
  {
    name: "a version with notice says when it ends and what follows",
    applies: ({ gone }) => gone,
    async check(stage) {
      await stage.deploy(stablePlan({ notices: { v1: { phase: "deprecated", sunset, successor: "v2" } } }));
      for (const { version, headers } of await stage.send(20)) {
        assert.deepEqual([version, headers.sunset], ["v1", new Date(sunset).toUTCString()]);
        assert.match(headers.deprecation ?? "", /^@\d+$/);
        assert.match(headers.link ?? "", /v2.*rel="successor-version"/);
      }
    },
  },
  {
    name: "a retired version answers 410 with its end and what follows, also after a restart",
    applies: ({ gone, pinning }) => gone && pinning,
    async check(stage) {
      await stage.deploy(noticed("v0", "retired"));
      for (const restarted of [false, true]) {
        if (restarted) await stage.restart();
        for (const { status, version, headers } of await stage.send(3, { version: "v0" })) {
          assert.deepEqual([status, version, headers.sunset], [410, undefined, new Date(sunset).toUTCString()]);
          assert.match(headers.link ?? "", /v1.*rel="successor-version"/);
        }
      }
    },
  },
];
