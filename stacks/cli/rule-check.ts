import { planTraffic } from "../../components/lifecycle/index.ts";
import { parseRelease, type ResolvedRelease } from "../../components/release/index.ts";
import { corePack } from "../../policies/packs.ts";
import { type Finding, renderFinding } from "../../policies/rule.ts";
import type { Change } from "./change.ts";
import { exitCodes, Failure } from "./failure.ts";

/** What the rules of the core pack find in a release: those of `preview --policy-pack`, asked without an engine. */
export function ruleFindings(release: ResolvedRelease): readonly RuleFinding[] {
  const traffic = planTraffic(release);
  return corePack.rules.flatMap((rule) => rule.check(traffic).map((finding) => ({ rule: rule.id, ...finding })));
}

/** A finding, and the rule that found it. */
export type RuleFinding = Finding & { readonly rule: string };

/** A finding for people. */
export const renderRuleFinding = (finding: RuleFinding): string => `${finding.rule}\n${renderFinding(finding)}`;

/**
 * Asks the rules before anything is written.
 * @throws Failure (2) with every finding.
 */
export function refuseByRules({ release }: Change): void {
  const findings = ruleFindings(parseRelease(release));
  if (findings.length === 0) return;
  throw new Failure(
    exitCodes.usage,
    `Policy pack ${corePack.name} refuses this:\n${findings.map(renderRuleFinding).join("\n")}`,
    { facts: { findings } },
  );
}
