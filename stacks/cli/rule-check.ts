import { planTraffic } from "../../components/lifecycle/index.ts";
import { parseRelease } from "../../components/release/index.ts";
import { corePack } from "../../policies/packs.ts";
import { renderFinding } from "../../policies/rule.ts";
import type { Change } from "./change.ts";
import { exitCodes, Failure } from "./failure.ts";

/**
 * Asks the same rules as `preview --policy-pack`, before anything is written.
 * @throws Failure (2) with every finding.
 */
export function refuseByRules({ release }: Change): void {
  const traffic = planTraffic(parseRelease(release));
  const findings = corePack.rules.flatMap((rule) =>
    rule.check(traffic).map((finding) => ({ rule: rule.id, ...finding })),
  );
  if (findings.length === 0) return;
  const texts = findings.map((finding) => `${finding.rule}\n${renderFinding(finding)}`);
  throw new Failure(exitCodes.usage, `Policy pack ${corePack.name} refuses this:\n${texts.join("\n")}`, {
    facts: { findings },
  });
}
