import { type EnforcementLevel, PolicyPack, type StackValidationPolicy } from "@pulumi/policy";
import type { TrafficPlan } from "../components/traffic/plan.ts";
import type { Pack } from "./packs.ts";
import { type Finding, type Rule, renderFinding } from "./rule.ts";

const ROLLOUT_TYPE = "model-lifecycle:index:CanaryRollout";

/**
 * A rule as a CrossGuard policy of the same name. It looks at the output `traffic` of every `CanaryRollout` of the
 * stack, in `preview` and in `up` alike.
 *
 * @param enforcementLevel What a finding does: `mandatory` stops the update. A policy pack's configuration file
 * overrides it by the rule's id. @default "mandatory"
 */
export function createPolicy(rule: Rule, enforcementLevel: EnforcementLevel = "mandatory"): StackValidationPolicy {
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title}.`,
    severity: rule.severity,
    enforcementLevel,
    // A stack policy, because a resource policy sees a component's inputs only, and the traffic is not among them: a
    // weight step would then change the component's row as well as the route.
    validateStack({ resources }, reportViolation) {
      for (const { type, urn, props } of resources) {
        if (type !== ROLLOUT_TYPE) continue;
        for (const finding of checkOutputs(rule, props)) reportViolation(renderFinding(finding), urn);
      }
    },
  };
}

/**
 * Hands a pack's rules to the engine that loaded this process. A process serves one pack.
 *
 * @throws Error when the working directory has no package.json with a version, which CrossGuard reads.
 */
export function createPack(pack: Pack): PolicyPack {
  return new PolicyPack(pack.name, {
    description: `${pack.title}.`,
    policies: pack.rules.map((rule) => createPolicy(rule)),
  });
}

function checkOutputs(rule: Rule, { traffic }: { readonly traffic?: TrafficPlan }): readonly Finding[] {
  if (traffic !== undefined) return rule.check(traffic);
  return [
    {
      path: "traffic",
      seen: "no such output",
      cause: `this CanaryRollout does not tell who gets traffic, so ${rule.id} cannot be checked`,
      cure: "let the program and the policy pack use the same version of pulumi-model-lifecycle",
    },
  ];
}
