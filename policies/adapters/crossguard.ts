import {
  type EnforcementLevel,
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type StackValidationArgs,
  type StackValidationPolicy,
} from "@pulumi/policy";
import type { Pack } from "../packs.ts";
import { type AnyRule, type Finding, renderFinding, type Settings } from "../rule.ts";
import { type FactsOf, type SubjectName, subjects } from "../subjects/index.ts";
import type { Found, StackResource } from "../subjects/subject.ts";
import { judge, subjectOf } from "../verdict.ts";

/**
 * A rule as a CrossGuard policy of the same name. It looks at everything of the rule's subject in the stack, in `preview`
 * and in `up` alike. What it cannot look at is told: what a preview does not know yet as advice, what is not told at all
 * as a finding.
 *
 * @param enforcementLevel What a finding does: `mandatory` stops the update. A policy pack's configuration file
 * overrides it by the rule's id. @default "mandatory"
 */
export function createPolicy(rule: AnyRule, enforcementLevel: EnforcementLevel = "mandatory"): StackValidationPolicy {
  const settings = Object.entries(rule.settings ?? {});
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title}.`,
    severity: rule.severity,
    enforcementLevel,
    ...(settings.length > 0 && { configSchema: { properties: Object.fromEntries(settings.map(schemaOf)) } }),
    // A stack policy, because a resource policy sees a component's inputs only.
    validateStack: (args, report) => validate(rule, args, report),
  };
}

/**
 * Hands a pack's rules to the engine that loaded this process. A process serves one pack.
 *
 * @throws Error when the working directory has no package.json with a version, which CrossGuard reads.
 */
export function createPack(pack: Pack<AnyRule>): PolicyPack {
  return new PolicyPack(pack.name, {
    description: `${pack.title}.`,
    policies: pack.rules.map((rule) => createPolicy(rule, pack.level)),
  });
}

type Setting = NonNullable<AnyRule["settings"]>[string];

const schemaOf = ([name, { title, minimum, default: value }]: readonly [string, Setting]) =>
  [name, { type: "number", description: `${title}.`, minimum, default: value }] as const;

function validate(rule: AnyRule, args: StackValidationArgs, report: ReportViolation): void {
  const subject = subjects[subjectOf(rule)];
  const found: readonly Found<FactsOf[SubjectName]>[] = subject.find(args.resources.map(asStackResource));
  if (found.length === 0) args.notApplicable(`The stack has no ${subject.title}.`);
  const unknown: unknown[] = [];
  for (const { urn, read } of found) {
    try {
      for (const finding of findingsOf(rule, read(), args.getConfig<Settings>())) report(renderFinding(finding), urn);
    } catch (error) {
      // The engine knows it only after the update: the others are judged first, and then it is told.
      unknown.push(error);
    }
  }
  if (unknown.length > 0) throw unknown[0];
}

const asStackResource = ({ type, urn, props, parent }: PolicyResource): StackResource => ({
  type,
  urn,
  outputs: props,
  parent: parent?.urn,
});

type Read = ReturnType<Found<FactsOf[SubjectName]>["read"]>;

function findingsOf(rule: AnyRule, read: Read, settings: Settings): readonly Finding[] {
  if ("untold" in read) {
    const { path, cause, cure } = read.untold;
    return [{ path, seen: "no such output", cause: `${cause}, so ${rule.id} cannot be checked`, cure }];
  }
  const verdict = judge(rule, read.facts, settings);
  switch (verdict.kind) {
    case "refused":
      return verdict.findings;
    case "unknown":
      return [unknownFinding(rule, verdict.why)];
    default:
      return [];
  }
}

const unknownFinding = ({ id, title }: AnyRule, why: string): Finding => ({
  path: id,
  seen: "not known",
  cause: `${why}, so it cannot be checked here`,
  cure: `see to it that this holds: ${title}`,
});
