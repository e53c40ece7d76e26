import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderRules } from "../../components/monitors/prometheus/rules.ts";
import { gatewayKinds } from "../../components/platforms/kubernetes/route/gateway-kind.ts";
import { countingBehind } from "./counting-gateways.ts";
import { hasPromtool, promtool, promtoolNeeded } from "./promtool.ts";
import { ruleTest } from "./rule-tests.ts";
import { situations } from "./situations.ts";

const folder = mkdtempSync(join(tmpdir(), "model-lifecycle-gateways-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(gatewayKinds)("behind %s", (kind) => {
  test.skipIf(!hasPromtool)(`promtool accepts every rule${promtoolNeeded}`, () => {
    const path = join(folder, `${kind}.rules.yml`);
    writeFileSync(path, renderRules(countingBehind(kind, 'cluster="eu",region!="us"').watched));
    expect(promtool("check", "rules", path)).toMatchObject({ code: 0 });
  });

  test.skipIf(!hasPromtool).each(situations)(`$title${promtoolNeeded}`, (situation) => {
    expect(ruleTest(countingBehind(kind), situation)).toMatchObject({ code: 0 });
  });
});
