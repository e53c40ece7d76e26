import type { AnyRule, Example, Finding, Rule, Settings, Unjudged } from "./rule.ts";
import type { FactsOf, SubjectName } from "./subjects/index.ts";

/** What a rule says of one thing. */
export type Verdict =
  | { readonly kind: "passes" }
  | { readonly kind: "refused"; readonly findings: readonly Finding[] }
  | Unjudged;

type Facts = FactsOf[SubjectName];

/** The subject that a rule looks at. */
export const subjectOf = ({ subject = "traffic" }: AnyRule): SubjectName => subject;

/** Asks a rule. @param facts of the rule's own subject */
export function judge(rule: AnyRule, facts: Facts, settings?: Settings): Verdict {
  // Which facts a rule takes depends on its subject; who asks has found them by it.
  const { check, unjudged } = rule as Pick<Rule<SubjectName>, "check" | "unjudged">;
  const passedOver = unjudged?.(facts);
  if (passedOver !== undefined) return passedOver;
  const findings = check(facts, settings);
  return findings.length === 0 ? { kind: "passes" } : { kind: "refused", findings };
}

/** What an example of a rule holds. */
export const factsIn = (rule: AnyRule, example: AnyExample): Facts =>
  (example as Example<SubjectName>)[subjectOf(rule)];

/** An example of a rule of whatever subject. */
export type AnyExample = { readonly [Name in SubjectName]: Example<Name> }[SubjectName];
