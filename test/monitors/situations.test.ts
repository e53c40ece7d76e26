import { expect, test } from "vitest";
import { hasPromtool, promtoolNeeded } from "./promtool.ts";
import { type Counting, ruleTest } from "./rule-tests.ts";
import { situations } from "./situations.ts";
import { watched } from "./watched.ts";

/** As docs/metrics.md has it. Nothing is failed over. */
const ownGateway: Counting = {
  watched: watched("sentiment"),
  shows(version, { answered, errors, unanswered }) {
    const series = (code: string) => `model_requests_total{model="sentiment",version="${version}",code="${code}"}`;
    return { [series("200")]: answered, [series("500")]: errors, [series("0")]: unanswered };
  },
};

test.skipIf(!hasPromtool).each(situations)(`our own gateway: $title${promtoolNeeded}`, (situation) => {
  expect(ruleTest(ownGateway, situation)).toMatchObject({ code: 0 });
});

test.skipIf(!hasPromtool)(
  `a situation that is not as it is told fails, so its yes means something${promtoolNeeded}`,
  () => {
    const [wellTold] = situations;
    const outcomes = [{ told: { 64: ["ModelNoTraffic"] } }, { ratios: { v1: 0.5, v2: 0 } }].map((wrong) =>
      wellTold === undefined ? 0 : ruleTest(ownGateway, { ...wellTold, ...wrong }).code,
    );
    expect(outcomes).toEqual([1, 1]);
  },
);
