import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planRules, renderRules } from "../../../components/monitors/prometheus/rules.ts";
import { gatewayKinds } from "../../../components/platforms/kubernetes/route/gateway-kind.ts";
import { countingBehind } from "../../monitors/counting-gateways.ts";
import { hasPromtool, promtool } from "../../monitors/promtool.ts";
import { type Counting, ruleTest } from "../../monitors/rule-tests.ts";
import { situations } from "../../monitors/situations.ts";
import { type Figure, figure } from "../figure.ts";

/** Of the rules behind every gateway: the share that promtool accepts and that speaks as it should in every situation. */
export function rulesPassingShare(): readonly Figure[] {
  if (!hasPromtool) throw new Error("no promtool on PATH; apt-get install prometheus");
  const behind = gatewayKinds.map((kind) => judged(countingBehind(kind)));
  const [rules, passing] = [sum(behind.map(({ rules }) => rules)), sum(behind.map(({ passing }) => passing))];
  const detail = `${passing} of ${rules} rules behind ${gatewayKinds.length} gateways, each in ${situations.length} situations: idle, never asked, not scraped, missing, NaN, reset, tiny and late series, a controller silent, gone or stopped`;
  return [figure("rules-passing-share", passing / rules, "of the rules", { atLeast: 1 }, detail)];
}

function judged(counting: Counting): { readonly rules: number; readonly passing: number } {
  const names = planRules(counting.watched).flatMap(({ rules }) =>
    rules.map((rule) => ("alert" in rule ? rule.alert : rule.record)),
  );
  const failed = new Set(isAccepted(counting) ? [] : names);
  for (const situation of situations) {
    const { code, output } = ruleTest(counting, situation);
    const named = names.filter((name) => output.includes(name));
    // What promtool refuses without naming a rule counts against all of them.
    if (code !== 0) for (const name of named.length === 0 ? names : named) failed.add(name);
  }
  return { rules: names.length, passing: names.filter((name) => !failed.has(name)).length };
}

function isAccepted({ watched }: Counting): boolean {
  const folder = mkdtempSync(join(tmpdir(), "model-lifecycle-rules-"));
  try {
    const path = join(folder, "model.rules.yml");
    writeFileSync(path, renderRules(watched));
    return promtool("check", "rules", path).code === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
